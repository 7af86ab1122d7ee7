import { parseHTML } from "linkedom";
import { expect, test, vi } from "vitest";
import { comparePareto } from "../../analysis/pareto/campaign";
import { makeReport } from "../../analysis/report/report";
import { comparableRuns, readResults } from "../../analysis/results";
import { resultsTable } from "../../analysis/results-table";
import { type AuditRecord, storeAudit } from "../../store/audits";
import { readStore } from "../../store/open";
import { temporaryDirectory } from "../store/run-fixture";
import { type Toy, toyStore } from "./report/toy-runs";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000 });

const toys: readonly Toy[] = [
  { policy: "fcfs", repeat: 1 },
  { policy: "fcfs", repeat: 2 },
  { policy: "easy", repeat: 1 },
];
const [first, doubled, other] = [
  "20261121T230100Z-fcfs01",
  "20261121T230200Z-fcfs02",
  "20261121T230400Z-easy01",
];

const record: AuditRecord = {
  check: "one-scheduler-job",
  verdict: "failed",
  figure: 1,
  limit: 0,
  unit: "jobs",
  explanation: "the scheduler had job 31 as 31 and 34",
  touches: ["makespan", "n"],
};
const noted: AuditRecord = {
  ...record,
  check: "limits-as-asked",
  verdict: "noted",
  explanation: "limits are minutes",
  touches: ["mean_wait", "makespan"],
};

async function auditedStore(audits: Readonly<Record<string, readonly AuditRecord[]>>) {
  const store = await toyStore(temporaryDirectory(), toys);
  for (const [runId, audit] of Object.entries(audits)) {
    const contentHash = await readStore(store, async (connection) => {
      const sql = "SELECT content_hash FROM runs WHERE run_id = $1";
      return String((await connection.runAndReadAll(sql, [runId])).value(0, 0));
    });
    expect(await storeAudit(store, { runId, contentHash }, audit)).toBe(true);
  }
  return store;
}

/** Compared under equal conditions, with no failed check accepted. */
const newest = { varied: "scheduler", allowUnequal: false, accepted: [] } as const;

test("a failed check stands beside the figures it touches, a noted one with another mark", async () => {
  const store = await auditedStore({ [doubled]: [record, noted] });
  const rows = await readResults(store);
  expect(rows.find(({ run }) => run === doubled)?.audit).toEqual([record, noted]);
  const table = resultsTable(rows, await comparableRuns(store));
  const line = table.split("\n").find((text) => text.includes(`│ ${doubled}`)) ?? "";
  const cells = line.split("│").map((cell) => cell.trim());
  expect(cells[4]).toMatch(/^60 !$/);
  expect(cells[6]).toMatch(/^[\d.]+ !$/);
  expect(cells[7]).toMatch(/^[\d.]+ \*$/);
  expect(cells[9]).toMatch(/^[\d.]+$/);
  expect(table).toContain(
    `${doubled}: ! audit failed in one-scheduler-job: the scheduler had job 31 as 31 and 34`,
  );
  expect(table).toContain(`${doubled}: * audit notes limits-as-asked: limits are minutes`);
});

test("a run that failed its audit stands alone; one with a noted or an unknown check does not", async () => {
  const store = await auditedStore({
    [doubled]: [record],
    [other]: [noted, { ...record, verdict: "unknown" }],
  });
  const groups = await comparableRuns(store);
  expect(groups.map(({ runs }) => runs)).toEqual([[first, other], [doubled]]);
  expect(groups[1]?.differences.map(({ field }) => field)).toEqual(["audit"]);
  expect(resultsTable(await readResults(store), groups)).toContain(
    `conditions 2, not comparable with 1: audit of ${doubled} failed in one-scheduler-job`,
  );
  const accepted = await comparableRuns(store, ["one-scheduler-job"]);
  expect(accepted.map(({ runs }) => runs)).toEqual([[first, doubled, other]]);
});

test("two runs that failed the same check are no better to compare", async () => {
  const store = await auditedStore({ [first]: [record], [doubled]: [record] });
  expect((await comparableRuns(store)).map(({ runs }) => runs)).toEqual([
    [first],
    [doubled],
    [other],
  ]);
});

test("the report leaves out a run that failed its audit, and says why", async () => {
  const store = await auditedStore({ [doubled]: [record] });
  const { html, runs } = await makeReport({ store, ...newest, generatedAt: new Date() });
  expect(runs).toBe(3);
  const { document } = parseHTML(html);
  const textOf = (id: string) =>
    (document.querySelector(`#${id}`)?.textContent ?? "").replace(/\s+/g, " ");
  expect(textOf("summary")).toContain("1 run did not complete, or failed its audit");
  expect(textOf("audit")).toContain("the scheduler had job 31 as 31 and 34");
  expect(textOf("audit")).toContain(`not audited: ${first}, ${other}`);
  const row = [...document.querySelectorAll("#runs tr")].find((found) =>
    found.textContent?.includes(doubled),
  );
  expect(row?.textContent).toContain("not compared");
});

test("an accepted check is compared, with the mark and a warning", async () => {
  const store = await auditedStore({ [doubled]: [record] });
  const accepted = ["one-scheduler-job"];
  const { html } = await makeReport({ store, ...newest, accepted, generatedAt: new Date() });
  const { document } = parseHTML(html);
  const summary = (document.querySelector("#summary")?.textContent ?? "").replace(/\s+/g, " ");
  expect(summary).toContain(`Run ${doubled} failed its audit in one-scheduler-job`);
  expect(summary).toMatch(/[\d.]+ !/);
  const other = await makeReport({
    store,
    ...newest,
    accepted: ["clocks"],
    generatedAt: new Date(),
  });
  expect(other.html).not.toContain(`Run ${doubled} failed its audit`);
});

test("pareto leaves out what failed its audit, and refuses when nothing is left", async () => {
  const options = { ...newest, seed: 1, resamples: 10 };
  const store = await auditedStore({ [doubled]: [record] });
  const campaign = await comparePareto({ store, ...options });
  expect(campaign.tuples.flatMap(({ runs }) => runs)).toEqual([first, other]);
  expect(campaign.omissions).toContain(`${doubled} failed its audit in one-scheduler-job`);
  const accepted = await comparePareto({ store, ...options, accepted: ["one-scheduler-job"] });
  expect(accepted.tuples.flatMap(({ runs }) => runs)).toEqual([first, doubled, other]);
  await expect(comparePareto({ store, ...options, runs: [doubled] })).rejects.toThrow(
    "every completed run failed its audit",
  );
});

test("an audit of a run that was replaced meanwhile is not written", async () => {
  const store = await auditedStore({});
  expect(await storeAudit(store, { runId: first, contentHash: "another" }, [record])).toBe(false);
  expect((await readResults(store)).flatMap(({ audit }) => audit)).toEqual([]);
});
