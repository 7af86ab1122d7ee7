import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeReport } from "../../../analysis/report/report";
import { Failure } from "../../../base/failure";
import { benchmarkRecord, temporaryDirectory } from "../../store/run-fixture";
import { sixRuns, type Toy, toyRun, toyStore } from "./toy-runs";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const generatedAt = new Date(Date.UTC(2026, 10, 22));

type Made = Awaited<ReturnType<typeof reportOf>>;

async function reportOf(
  directory: string,
  toys: readonly Toy[],
  options: Partial<Parameters<typeof makeReport>[0]> = {},
) {
  const store = await toyStore(directory, toys);
  const made = await makeReport({
    store,
    varied: "scheduler",
    allowUnequal: false,
    accepted: [],
    generatedAt,
    ...options,
  });
  return { ...made, document: parseHTML(made.html).document };
}

/** The text of each cell, by row, of a section's table. */
function cells({ document }: Made, section: string, table = 0): string[][] {
  const rows = document.querySelectorAll(`#${section} table`)[table]?.querySelectorAll("tr") ?? [];
  return [...rows].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) =>
      (cell.textContent ?? "").replace(/\s+/g, " ").trim(),
    ),
  );
}

function text({ document }: Made, section: string): string {
  return (document.querySelector(`#${section}`)?.textContent ?? "").replace(/\s+/g, " ");
}

const directory = mkdtempSync(path.join(tmpdir(), "schedlab-report-"));
let six: Made;

beforeAll(async () => {
  six = await reportOf(directory, sixRuns);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("runs of one tuple are one configuration, with mean and range of its repeats", () => {
  const [, builtin, backfill] = cells(six, "summary");
  expect(builtin?.[0]).toBe("slurm: builtin, basic");
  expect(backfill?.[0]).toBe("slurm: backfill, basic");
  expect(builtin?.slice(1, 3)).toEqual(["3", "60"]);
  // The makespans of the three repeats, from the runs' own table.
  const makespans = cells(six, "runs")
    .filter((row) => row[1] === "slurm: builtin, basic")
    .map((row) => Number(row[7]));
  const mean = makespans.reduce((sum, value) => sum + value, 0) / 3;
  expect(Number(builtin?.[3]?.split(" ")[0])).toBeCloseTo(mean, 0);
  expect(builtin?.[3]).toContain(`${Math.min(...makespans).toFixed(1)}–`);
});

test("a figure that not every cluster can have is a column only where a run has it", () => {
  const [head, ...rows] = cells(six, "summary");
  expect(head?.join(" ")).not.toMatch(/GPU|memory|estimates/);
  const overtook = head?.findIndex((name) => name.startsWith("jobs that overtook")) ?? -1;
  const shares = rows.map((row) => Number.parseFloat(row[overtook] ?? ""));
  // One configuration goes by the order of submission.
  expect(shares[0]).toBe(0);
  expect(shares[1]).toBeGreaterThan(5);
});

test("every pair of the known objectives is drawn, with the front named for a screen reader", () => {
  const drawings = [...six.document.querySelectorAll("#pareto svg[role=img]")];
  expect(drawings).toHaveLength(3);
  expect(drawings[1]?.getAttribute("aria-label")).toBe(
    "completion time against idle share; on the front of these two: slurm: backfill, basic",
  );
  expect(drawings[1]?.querySelectorAll("title")).toHaveLength(8);
  expect(cells(six, "pareto", 2).slice(1)).toHaveLength(2);
  expect(text(six, "pareto")).toContain(
    "elasticity is left out: supply cannot change on a fixed cluster",
  );
  expect(text(six, "pareto")).toMatch(/Hypervolume of the front: 0\.\d{4}, 95 % bootstrap/);
  expect(text(six, "pareto")).toContain("they say nothing of another day's jobs");
  expect(cells(six, "pareto", 1)[1]?.slice(2, 3)).toEqual(["–"]);
});

test("what is simulated under the run's own policy deviates by the run's delay alone", () => {
  const rows = cells(six, "simulated", 1).slice(1);
  expect(rows).toHaveLength(6);
  const fcfs = rows.find((row) => row[0]?.includes("builtin") && row[1] === "fcfs");
  expect(fcfs?.slice(2)).toEqual(["0.60", "0.60", "0.60", "0.60"]);
  expect(text(six, "simulated")).toContain("one scheduling pass per instant");
});

test("no section is without its drawing or table, and nothing is loaded from elsewhere", () => {
  for (const section of ["distributions", "over-time", "gantt", "fairness", "simulated"]) {
    expect(six.document.querySelectorAll(`#${section} svg[role=img]`).length).toBeGreaterThan(0);
  }
  expect(six.html).toContain("default-src 'none'");
  const links = [...six.document.querySelectorAll("[src], [href]")].map(
    (element) => element.getAttribute("src") ?? element.getAttribute("href"),
  );
  expect(links.filter((link) => link?.startsWith("#") !== true)).toEqual([]);
});

test("a long run is averaged over time, and says so", async () => {
  const long = await reportOf(temporaryDirectory(), [{ policy: "easy", repeat: 1, jobs: 300 }]);
  expect(text(long, "over-time")).toContain("Averaged over intervals of");
  expect(text(six, "over-time")).not.toContain("Averaged");
});

test("names from a trace are text, wherever they appear", async () => {
  const user = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const hostile = await reportOf(temporaryDirectory(), [
    { policy: "easy", repeat: 1, jobs: 20, users: [user, "user02"] },
  ]);
  expect(hostile.document.querySelectorAll("script")).toHaveLength(1);
  expect(hostile.document.querySelectorAll("img, [onerror]")).toHaveLength(0);
  expect(text(hostile, "fairness")).toContain(user);
});

test("one run alone gets a report that says its variation is unknown", async () => {
  const one = await reportOf(temporaryDirectory(), [{ policy: "easy", repeat: 1, jobs: 12 }]);
  expect(text(one, "summary")).toContain("variation is unknown");
  expect(text(one, "pareto")).toContain("There is one configuration only");
  expect(text(one, "gantt")).toContain("One run of each configuration");
});

test("runs that did not complete are listed with their reason and not compared", async () => {
  const killed = {
    policy: "easy",
    repeat: 2,
    change: { status: "failed", reason: "node01 never answered", failedJobs: null },
  } as const;
  const toys: Toy[] = [{ policy: "easy", repeat: 1 }, killed];
  const some = await reportOf(temporaryDirectory(), toys);
  expect(text(some, "runs")).toContain("failed: node01 never answered");
  expect(cells(some, "runs")[2]?.[1]).toBe("not compared");
  expect(cells(some, "summary")[1]?.[1]).toBe("1");
  expect(text(some, "summary")).toContain("1 run did not complete");
  const none = await reportOf(temporaryDirectory(), [killed]);
  expect(text(none, "summary")).toContain("No run completed");
  expect(text(none, "summary")).toMatch(/failed jobs unknown in .*: the run did not get as far/);
});

test("a run without a job that counts is a page of reasons", async () => {
  const empty = await reportOf(temporaryDirectory(), [{ policy: "easy", repeat: 1, jobs: 0 }]);
  expect(text(empty, "summary")).toContain(
    "unknown in slurm: backfill, basic: the run has no jobs",
  );
  for (const section of [
    "pareto",
    "distributions",
    "over-time",
    "gantt",
    "fairness",
    "simulated",
  ]) {
    expect(text(empty, section)).toContain("not drawn");
  }
});

test("of several kinds of tuple the newest comparable set is taken, and what was left out is said", async () => {
  const larger = { domain: "qemu", traceHash: "other" } as const;
  const made = await reportOf(temporaryDirectory(), [
    { policy: "easy", repeat: 1 },
    { policy: "fcfs", repeat: 1 },
    { policy: "fcfs", repeat: 2, provenance: larger },
    { policy: "easy", repeat: 3, provenance: larger },
  ]);
  expect([made.configurations, made.runs]).toEqual([2, 2]);
  expect(made.unequal).toEqual([]);
  const [old, choose] = made.leftOut;
  expect(old).toContain("(trace_hash, domain): ");
  expect(old?.split(", ")).toHaveLength(4);
  expect(choose).toMatch(/--experiment.*--runs.*--vary.*--allow-unequal/);
  expect(text(made, "summary")).toContain("2 runs of the store were made under other conditions");
  expect(cells(made, "conditions", 0).slice(1)).toEqual(
    expect.arrayContaining([expect.arrayContaining(["domain", "lxc", "qemu"])]),
  );
});

test("job lists that every configuration has are compared together, and the rest is left out and said", async () => {
  const drawn = (policy: "fcfs" | "easy", seed: number, repeat: number): Toy => ({
    policy,
    repeat,
    jobs: 10 + 5 * seed,
    provenance: { seed },
  });
  const made = await reportOf(temporaryDirectory(), [
    drawn("fcfs", 1, 1),
    drawn("fcfs", 3, 2),
    drawn("fcfs", 2, 3),
    drawn("easy", 1, 1),
    drawn("easy", 2, 2),
  ]);
  expect([made.configurations, made.runs]).toEqual([2, 4]);
  expect(made.leftOut[0]).toContain("1 job list that some configuration lacks");
  expect(text(made, "summary")).toContain("means over the runs of 2 job lists");
  expect(text(made, "summary")).toContain("1 job list that some configuration lacks is left out");
  expect(text(made, "pareto")).toContain("what to expect of other jobs of the same kind");
});

test("runs that are named one by one and cannot be compared are refused with what differs", async () => {
  const toys: Toy[] = [
    { policy: "easy", repeat: 1 },
    { policy: "fcfs", repeat: 1, provenance: { domain: "qemu", traceHash: "other" } },
  ];
  const where = temporaryDirectory();
  const runs = toys.map((toy) => toyRun(toy).run.id);
  const refusal = await reportOf(where, toys, { runs }).catch((error: unknown) => error);
  if (!(refusal instanceof Failure)) throw new Error("expected a Failure");
  expect(refusal.message).toContain("unequal conditions");
  expect(`${refusal.message}\n${refusal.detail}`).toMatch(/domain[\s\S]*qemu/);
  expect(refusal.remedy).toContain("--allow-unequal");
  const allowed = await reportOf(where, toys, { allowUnequal: true });
  expect(allowed.unequal).toEqual(expect.arrayContaining(["domain", "trace_hash"]));
  expect(text(allowed, "summary")).toContain("Compared under unequal conditions");
  expect(text(allowed, "conditions")).toContain("qemu");
});

test("benchmark jobs are drawn by ranks and listed with reasons; without any there is no section", async () => {
  expect(six.document.querySelector("#benchmarks")).toBeNull();
  expect(six.html).not.toContain("#benchmarks");
  const target = path.join(directory, "benchmarks");
  const hpl = [
    benchmarkRecord(1, { ranks: 1, p: 1, q: 1, efficiency: null, efficiencyReason: "one rank" }),
    benchmarkRecord(2, { gflops: 3.0581 }),
    benchmarkRecord(3, {
      passed: false,
      reason: "the residual is 20",
      efficiency: null,
      efficiencyReason: "did not pass",
    }),
  ];
  const hpcg = benchmarkRecord(4, {
    program: "hpcg",
    n: 16,
    nb: null,
    p: null,
    q: null,
    gflops: null,
  });
  const made = await reportOf(target, [
    { policy: "fcfs", repeat: 1, benchmarks: [hpcg, ...hpl] },
    { policy: "easy", repeat: 1 },
  ]);
  const drawings = [...made.document.querySelectorAll("#benchmarks svg[role=img]")];
  expect(drawings.map((drawing) => drawing.getAttribute("aria-label"))).toEqual([
    "Gflop/s of 3 jobs of HPL by ranks",
  ]);
  expect(drawings[0]?.querySelectorAll("title")).toHaveLength(3);
  const titles = [...(drawings[0]?.querySelectorAll("title") ?? [])].map(
    (title) => title.textContent,
  );
  expect(titles[2]).toMatch(/job 3\n2\.000 Gflop\/s on 4 ranks\ndid not pass: the residual is 20$/);
  expect(text(made, "benchmarks")).toContain(
    "Gflop/s by ranks: not drawn. No job has a known rate.",
  );
  const rows = cells(made, "benchmarks").slice(1);
  expect(rows).toHaveLength(4);
  expect(rows[1]?.slice(1, 11)).toEqual([
    "HPL",
    "4",
    "512",
    "64",
    "2 × 2",
    "0.10",
    "3.058",
    "0.250",
    "0.006",
    "yes",
  ]);
  expect(rows[3]?.slice(1, 10)).toEqual([
    "HPCG",
    "4",
    "16",
    "–",
    "–",
    "0.10",
    "–",
    "0.250",
    "0.006",
  ]);
  expect(text(made, "benchmarks")).toMatch(/did not pass: the residual is 20 \(\S+ job 3\)/);
  expect(text(made, "benchmarks")).toMatch(/efficiency unknown: one rank \(\S+ job 1\)/);
  expect(made.html).toContain('<a href="#benchmarks">Benchmarks</a>');
});
