import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type CampaignReportOptions,
  makeCampaignReport,
} from "../../../../analysis/report/campaign/report";
import { type CampaignShape, campaignStore, hashOf, runOf } from "./campaign-store";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const directory = mkdtempSync(path.join(tmpdir(), "schedlab-campaign-report-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Made = Awaited<ReturnType<typeof reportOf>>;
let made = 0;

async function reportOf(
  shape: CampaignShape,
  change?: (connection: DuckDBConnection) => Promise<unknown>,
  options: Partial<CampaignReportOptions> = {},
) {
  made += 1;
  const store = await campaignStore(path.join(directory, String(made)), shape, change);
  const pages = new Map<string, string>();
  const finished = await makeCampaignReport({
    ...{ store, campaign: "study", accepted: [], allowUnequal: false, pages: true },
    generatedAt: new Date(Date.UTC(2026, 10, 22)),
    write: (name, page) => pages.set(name, page),
    ...options,
  });
  return { finished, pages, document: parseHTML(pages.get("index.html") ?? "").document };
}

function text({ document }: Made, section: string): string {
  return (document.querySelector(`#${section}`)?.textContent ?? "").replace(/\s+/g, " ");
}

function cells({ document }: Made, section: string, table = 0): string[][] {
  const rows = document.querySelectorAll(`#${section} table`)[table]?.querySelectorAll("tr") ?? [];
  return [...rows].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) =>
      (cell.textContent ?? "").replace(/\s+/g, " ").trim(),
    ),
  );
}

/** Two policies, three job lists, three repeats. */
const whole: CampaignShape = { seeds: [7, 8, 9], repeats: 3, jobs: 40 };

describe("the report of a campaign that is done", () => {
  let done: Made;
  beforeAll(async () => {
    done = await reportOf(whole);
  });

  test("opens with what was measured and how much of it can be told", () => {
    expect(text(done, "claims")).toContain(
      "18 of 18 planned runs of 6 tuples are done. This compares 18 runs of 2 systems, which are topologies with a scheduler, on 1 workload, with 3 job lists of each workload and 3 repeats of each tuple.",
    );
    expect(text(done, "claims")).toMatch(
      /Of 3 differences between two systems in one objective, \d holds? for these jobs alone and \d holds? for other jobs of the same kind, at 95 % for all of them together\./,
    );
    expect(text(done, "claims")).toContain(
      "Elasticity is left out: supply cannot change on a fixed cluster.",
    );
    expect(text(done, "claims")).not.toContain("not whole");
  });

  test("pools the draws of a workload, so that seeds are job lists of one system", () => {
    const rows = cells(done, "front").slice(1);
    expect(rows.map(([system, runs]) => [system, runs])).toEqual([
      ["fcfs", "9"],
      ["easy", "9"],
    ]);
    expect(text(done, "front")).toContain("2000 resamples of 3 job lists");
    expect(text(done, "claims")).not.toContain("not the same on all systems");
  });

  test("finds backfilling to leave fewer cores idle than first come, first served", () => {
    const idle = cells(done, "differences").find(
      ([better, , objective]) => better === "easy" && objective === "idle",
    );
    expect(idle?.[1]).toBe("fcfs");
    expect(idle?.[4]).toMatch(/^yes, (together|alone) \[/);
    expect(text(done, "claims")).toMatch(/easy is better than fcfs in idle/);
  });

  test("has main effects that add up to 0, of the policy and of the draws apart", () => {
    const [, fcfs, easy] = cells(done, "sensitivity", 0);
    expect(fcfs?.slice(0, 2)).toEqual(["scheduler", "fcfs"]);
    expect(Number(fcfs?.[3]?.split(" ")[0])).toBeGreaterThan(0);
    const effect = (row: string[] | undefined) =>
      Number(row?.[3]?.split(" ")[0]?.replace("−", "-") ?? Number.NaN);
    expect(effect(fcfs) + effect(easy)).toBeCloseTo(0, 1);
    expect(text(done, "sensitivity")).toContain("The design is full: all 2 combinations");
    expect(cells(done, "sensitivity", 1).map(([axis]) => axis)).toContain("workload.seed");
  });

  test("shows simulated figures for the runs that have some, and says which have none", () => {
    const rows = cells(done, "simulated").slice(1);
    expect(rows.map(([system, policy, runs]) => [system, policy, runs])).toEqual([
      ["fcfs", "fcfs", "1"],
      ["fcfs", "easy", "1"],
      ["fcfs", "conservative", "1"],
    ]);
    expect(text(done, "simulated")).toContain("easy: not simulated: not simulated");
  });

  test("links a page for each tuple, which links back", () => {
    const links = [...done.document.querySelectorAll("#tuples a")].map((a) =>
      String(a.getAttribute("href")),
    );
    expect(links).toHaveLength(6);
    expect([...done.pages.keys()].at(-1)).toBe("index.html");
    for (const link of links) {
      const { document } = parseHTML(done.pages.get(link) ?? "");
      expect(document.querySelector("header a")?.getAttribute("href")).toBe("../index.html");
      expect(document.querySelectorAll("#gantt svg[role=img]").length).toBeGreaterThan(0);
      expect(document.querySelector("#pareto")).toBeNull();
    }
    const tuple = parseHTML(done.pages.get(`tuples/${hashOf("easy", 8)}.html`) ?? "").document;
    expect(tuple.querySelector("#runs")?.textContent).toContain(runOf("easy", 8, 2));
    expect(tuple.querySelector("#runs")?.textContent).not.toContain(runOf("easy", 7, 2));
  });

  test("loads nothing, and every section of its contents is there", () => {
    const { document, pages } = done;
    expect(pages.get("index.html")).toContain("default-src 'none'");
    const links = [...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href") ?? "");
    expect(links.length).toBeGreaterThan(7);
    for (const link of links) expect(document.querySelector(link)).not.toBeNull();
    expect(document.querySelectorAll("[src]")).toHaveLength(0);
  });
});

test("a campaign that is not whole says so, and compares what is there", async () => {
  const some = await reportOf(whole, async (connection) => {
    await connection.run("DELETE FROM runs WHERE run_id = $1", [runOf("easy", 9, 3)]);
    await connection.run(
      "UPDATE runs SET status = 'failed', reason = 'node01 never answered' WHERE run_id = $1",
      [runOf("fcfs", 8, 2)],
    );
    await connection.run("UPDATE campaigns SET retry_failed = 0");
    await connection.run(
      "INSERT INTO audits VALUES ($1, 'one-scheduler-job', 'failed', NULL, NULL, NULL, 'twice', [])",
      [runOf("fcfs", 7, 1)],
    );
  });
  expect(some.finished).toMatchObject({ planned: 18, compared: 15 });
  expect(text(some, "claims")).toContain(
    "The campaign is not whole: 1 run failed and will not be tried again, 1 run is still to be done, 1 completed run is left out, see Runs; what follows may change with them.",
  );
  expect(text(some, "runs")).toContain("node01 never answered");
  expect(text(some, "runs")).toContain("not compared: it failed its audit in one-scheduler-job");
  expect(some.finished?.leftOut).toEqual([
    `left out, it failed its audit in one-scheduler-job: ${runOf("fcfs", 7, 1)}`,
    expect.stringContaining("--accept"),
  ]);
  const failed = parseHTML(some.pages.get(`tuples/${hashOf("fcfs", 8)}.html`) ?? "").document;
  expect(failed.querySelector("#runs")?.textContent).toContain("node01 never answered");
});

test("with one job list and one repeat, it claims nothing and says why", async () => {
  const one = await reportOf({ seeds: [7], repeats: 1, jobs: 30 });
  expect(text(one, "claims")).toContain(
    "None of 3 differences between systems can be told from chance",
  );
  expect(text(one, "claims")).toContain("There is one job list.");
  expect(text(one, "claims")).toContain("For other jobs of the same kind, nothing can be told");
  expect(text(one, "claims")).toContain("For these jobs alone, nothing can be told");
  expect(text(one, "front")).toContain("With one run each, variation is unknown.");
  expect(text(one, "sensitivity")).toContain("its variation is unknown");
  expect(text(one, "hypervolume")).toContain("no interval where some system has one run");
});

test("runs under other conditions than the newest are left out, unless that is allowed", async () => {
  const change = (connection: DuckDBConnection) =>
    connection.run("UPDATE runs SET host_kernel = '6.2' WHERE repeat = 1");
  const strict = await reportOf(whole, change);
  expect(strict.finished?.compared).toBe(12);
  expect(strict.finished?.leftOut[0]?.split(", ")).toHaveLength(7);
  expect(text(strict, "runs")).toContain(
    "not compared: made under other conditions than the newest runs: host_kernel",
  );
  const allowed = await reportOf(whole, change, { allowUnequal: true });
  expect(allowed.finished).toMatchObject({ compared: 18, unequal: ["host_kernel"] });
  expect(text(allowed, "claims")).toContain("Compared under unequal conditions");
});

test("runs of one clock factor are set against each other only, and every label has the factor", async () => {
  const mixed = await reportOf(whole, (connection) =>
    connection.run(
      `UPDATE runs SET clock_factor = 60,
         spec = json_merge_patch(spec, '{"run": {"clock": {"accelerated": 60}}}') WHERE seed = 9`,
    ),
  );
  expect(mixed.finished).toMatchObject({ compared: 18, leftOut: [] });
  const titles = [...mixed.document.querySelectorAll("#front h3")].map((one) => one.textContent);
  expect(titles).toEqual(["On lublin", "On lublin (clock ×60)"]);
  const systems = ["fcfs", "easy"];
  const fast = systems.map((name) => `${name} (clock ×60)`);
  const fronts = [0, 1].map((table) => cells(mixed, "front", table).slice(1));
  expect(fronts.map((rows) => rows.map(([name, runs]) => [name, runs]))).toEqual([
    systems.map((name) => [name, "6"]),
    fast.map((name) => [name, "3"]),
  ]);
  for (const [better, other] of cells(mixed, "differences").slice(1)) {
    expect(fast.includes(better ?? "")).toBe(fast.includes(other ?? ""));
  }
  expect(text(mixed, "claims")).toContain("The scheduler's clock went 60 times as fast");
  const effects = [...mixed.document.querySelectorAll("#sensitivity h3")].map((one) =>
    one.textContent?.includes("(clock ×60)"),
  );
  expect(effects.filter((accelerated) => accelerated)).not.toEqual([]);
  expect(effects.filter((accelerated) => !accelerated)).not.toEqual([]);
  const page = mixed.pages.get(`tuples/${hashOf("easy", 9)}.html`) ?? "";
  expect(parseHTML(page).document.querySelector("#summary")?.textContent).toContain(
    "easy, 9 (clock ×60)",
  );
});

test("a campaign of which nothing has run yet is a page of reasons", async () => {
  const none = await reportOf({ seeds: [7], repeats: 1, jobs: 30 }, (connection) =>
    connection.run("DELETE FROM runs"),
  );
  expect(text(none, "claims")).toContain("No run can be compared, so nothing can be claimed.");
  expect([...none.pages.keys()]).toEqual(["index.html"]);
  for (const section of ["front", "hypervolume", "differences", "sensitivity", "simulated"]) {
    expect(text(none, section)).toContain("not drawn");
  }
});

test("a single file has no links to pages, and an unknown campaign is none", async () => {
  const shape = { seeds: [7], repeats: 1, jobs: 30 };
  const single = await reportOf(shape, undefined, { pages: false });
  expect([...single.pages.keys()]).toEqual(["index.html"]);
  expect(single.document.querySelectorAll("main a")).toHaveLength(0);
  expect((await reportOf(shape, undefined, { campaign: "sutdy" })).finished).toBeNull();
});

test("names from a plan or a trace are text, wherever they appear", async () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const report = await reportOf(
    { seeds: [7], repeats: 1, jobs: 20, users: [hostile, "user02"] },
    async (connection) => {
      await connection.run("UPDATE campaign_tuples SET label = $1 || label", [hostile]);
      const axes = JSON.stringify({ scheduler: hostile, "workload.seed": "7" });
      await connection.run("UPDATE campaign_tuples SET axes = $1 WHERE place = 1", [axes]);
    },
  );
  for (const page of report.pages.values()) {
    const { document } = parseHTML(page);
    expect(document.querySelectorAll("script")).toHaveLength(1);
    expect(document.querySelectorAll("img, [onerror]")).toHaveLength(0);
  }
  expect(text(report, "tuples")).toContain(hostile);
});
