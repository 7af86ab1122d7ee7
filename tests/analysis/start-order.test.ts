import path from "node:path";
import { expect, test } from "vitest";
import { logMetrics } from "../../analysis/metrics";
import { query } from "../../analysis/query";
import { storeFigures, storeSums } from "../../store/figures";
import { loadRun } from "../../store/load";
import { writeStore } from "../../store/open";
import type { EventRecord, JobRecord } from "../../store/record";
import { jobRecord, startedAt, temporaryDirectory, writeRun } from "../store/run-fixture";
import { logFile } from "../workloads/swf-fixture";

async function figures(jobs: readonly JobRecord[], events: readonly EventRecord[] = []) {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory, { jobs, events }), store);
  const rows = await query(store, "SELECT name, value, reason FROM metrics WHERE scope = 'run'");
  return new Map(rows.map(({ name, value, reason }) => [String(name), { value, reason }]));
}

const eligible = (job: number, seconds: number): EventRecord => ({
  ...{ job, event: "eligible", at: startedAt + seconds * 1000 },
  ...{ source: "scheduler", resolutionMs: 1000 },
});

test("the third job passes the second; a job of another queue and one of the same instant pass nobody", async () => {
  const log = [
    // Job 2 waits from 1 to 20 s. Job 3 starts in that time, job 4 as well, but in the other queue.
    "1 0 0 20 4 -1 -1 4 30 -1 1 1 -1 -1 1 -1 -1 -1",
    "2 1 19 5 4 -1 -1 4 30 -1 1 1 -1 -1 1 -1 -1 -1",
    "3 2 1 5 1 -1 -1 1 30 -1 1 1 -1 -1 1 -1 -1 -1",
    "4 3 0 5 1 -1 -1 1 30 -1 1 1 -1 -1 2 -1 -1 -1",
    // Both were submitted at 30 s.
    "5 30 5 5 1 -1 -1 1 30 -1 1 1 -1 -1 1 -1 -1 -1",
    "6 30 0 5 1 -1 -1 1 30 -1 1 1 -1 -1 1 -1 -1 -1",
  ];
  const { metrics } = await logMetrics(logFile(log.join("\n")), { procs: 8 });
  const share = metrics.find(({ name }) => name === "backfilled_share");
  expect(share?.value).toBeCloseTo(1 / 6, 9);
  for (const name of [
    "mean_gpu_fragmentation",
    "gpu_fragmentation_rate",
    "mean_largest_fit_cores",
  ]) {
    expect(metrics.find((metric) => metric.name === name)?.reason).toBe(
      "the nodes of this run are not known",
    );
  }
});

test("a job that waits less than a second more has not been passed, and its eligibility counts", async () => {
  const jobs = [
    jobRecord(1, "user01", 1, [0, 5.9, 10]),
    jobRecord(2, "user01", 1, [1, 5, 10]),
    // Submitted first of all, but held until 7 s.
    jobRecord(3, "user01", 1, [0, 9, 12]),
  ];
  expect((await figures(jobs)).get("backfilled_share")?.value).toBeCloseTo(1 / 3, 9);
  const held = await figures(jobs, [eligible(3, 7)]);
  expect(held.get("backfilled_share")?.value).toBe(0);
});

test("starts in whole seconds that leave the order open make the share unknown", async () => {
  const coarse = (job: JobRecord) => ({
    ...job,
    start: job.start === null ? null : { ...job.start, resolutionMs: 1000 },
  });
  const jobs = [
    jobRecord(1, "user01", 1, [0.2, 6, 10]),
    jobRecord(2, "user01", 1, [0.5, 5, 10]),
  ].map(coarse);
  expect((await figures(jobs)).get("backfilled_share")).toEqual({
    value: null,
    reason: "the times are too coarse to tell: between 0 and 0.5",
  });
});

test("a job that never started was passed by those that started before it was cancelled", async () => {
  const jobs = [
    jobRecord(1, "user01", 1, [0, null, 8], { state: "cancelled" }),
    jobRecord(2, "user01", 1, [1, 5, 10]),
    jobRecord(3, "user01", 1, [2, 9, 10]),
  ];
  expect((await figures(jobs)).get("backfilled_share")?.value).toBe(0.5);
});

test("a dependent job that never became eligible was passed by nobody, one that did was", async () => {
  const dependent = jobRecord(1, "user01", 1, [0, null, 8], { state: "cancelled" });
  const planned = {
    ...dependent.planned,
    after: [{ type: "afterok" as const, job: 2 }],
    // Where nobody recorded that it became eligible, the time of this counts for nothing.
    eligibleAfterSeconds: 0.5,
  };
  const jobs = [
    { ...dependent, planned },
    jobRecord(2, "user01", 1, [1, 5, 10]),
    jobRecord(3, "user01", 1, [2, 9, 10]),
  ];
  expect((await figures(jobs)).get("backfilled_share")?.value).toBe(0);
  expect((await figures(jobs, [eligible(1, 0)])).get("backfilled_share")?.value).toBe(0.5);
});

test("waits from eligible are those of the jobs whose scheduler recorded it, none longer than from submit", async () => {
  const jobs = [
    jobRecord(1, "user01", 1, [0.5, 5, 10]),
    jobRecord(2, "user01", 1, [1, 9, 10]),
    jobRecord(3, "user01", 1, [2, 9, 10]),
  ];
  // Job 1 is eligible in the second of its submission, job 2 after it.
  const found = await figures(jobs, [eligible(1, 0), eligible(2, 3)]);
  expect(found.get("mean_eligible_wait")?.value).toBeCloseTo((4.5 + 6) / 2, 9);
  expect(found.get("max_eligible_wait")?.value).toBeCloseTo(6, 9);
  expect(found.get("p50_eligible_wait")?.value).toBeCloseTo(5.25, 9);
  expect(found.get("p90_eligible_wait")?.value).toBeCloseTo(5.85, 9);
  expect((await figures(jobs)).get("mean_eligible_wait")).toEqual({
    value: null,
    reason: "it is not recorded when the jobs became eligible",
  });
});

test("waits from eligible are kept for each user, queue, account and QOS of which one is known", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const jobs = [
    jobRecord(1, "user01", 1, [0, 5, 10]),
    jobRecord(2, "user01", 1, [1, 9, 10]),
    jobRecord(3, "user02", 1, [2, 9, 10]),
    jobRecord(4, "user03", 1, [3, 9, 10]),
  ];
  const events = [eligible(1, 1), eligible(2, 3), eligible(3, 8)];
  await loadRun(writeRun(directory, { jobs, events }), store);
  await writeStore(store, async (connection) => {
    await connection.run(`UPDATE jobs SET account = CASE WHEN job < 3 THEN 'physics' ELSE 'chemistry' END,
      queue = 'main', qos = CASE job WHEN 1 THEN 'high' END`);
    await storeSums(connection, "20261121T233000Z-k3f9qa");
    await storeFigures(connection, "20261121T233000Z-k3f9qa");
  });
  const found = await query(
    store,
    `SELECT scope, subject, value, unit, reason FROM metrics WHERE name = 'mean_eligible_wait'
     ORDER BY scope, subject`,
  );
  const waits = { unit: "s", reason: null };
  expect(found).toEqual([
    // Nobody knows when job 4, of the same account, became eligible; nor has it a row for its user.
    { scope: "account", subject: "chemistry", value: 1, ...waits },
    { scope: "account", subject: "physics", value: 5, ...waits },
    { scope: "qos", subject: "high", value: 4, ...waits },
    { scope: "queue", subject: "main", value: 11 / 3, ...waits },
    { scope: "run", subject: null, value: 11 / 3, ...waits },
    { scope: "user", subject: "user01", value: 5, ...waits },
    { scope: "user", subject: "user02", value: 1, ...waits },
  ]);
  const names = await query(
    store,
    `SELECT DISTINCT name FROM metrics WHERE scope = 'account' AND name LIKE '%eligible%' ORDER BY name`,
  );
  expect(names.map(({ name }) => name)).toEqual(
    ["max", "mean", "p50", "p90", "p99"].map((kind) => `${kind}_eligible_wait`),
  );
  const others = await query(
    store,
    "SELECT count(*)::INTEGER AS n FROM metrics WHERE scope <> 'run' AND name LIKE '%gpu%'",
  );
  expect(others).toEqual([{ n: 0 }]);
});

test("accounts and QOS have the figures that queues have", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  await writeStore(store, async (connection) => {
    await connection.run("UPDATE jobs SET account = 'physics', qos = 'high' WHERE job < 3");
    await storeSums(connection, "20261121T233000Z-k3f9qa");
    await storeFigures(connection, "20261121T233000Z-k3f9qa");
  });
  const of = (scope: string) =>
    query(
      store,
      `SELECT name, subject, value FROM metrics WHERE scope = '${scope}'
       AND name IN ('n', 'mean_wait', 'max_wait', 'core_seconds') ORDER BY name`,
    );
  // Waits of 0 and 10 s; four cores for 20 s and two for 5 s.
  expect(await of("account")).toEqual([
    { name: "core_seconds", subject: "physics", value: 90 },
    { name: "max_wait", subject: "physics", value: 10 },
    { name: "mean_wait", subject: "physics", value: 5 },
    { name: "n", subject: "physics", value: 2 },
  ]);
  expect((await of("qos")).map(({ subject }) => subject)).toEqual(["high", "high", "high", "high"]);
});
