import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { importLog, withLog } from "../../store/import";
import { readStore } from "../../store/open";
import { logFile, realLog } from "../workloads/swf-fixture";
import { temporaryDirectory } from "./run-fixture";

const tail = "4 200 -1";
/** Job 1 makes room for job 2 from 60 to 80; both hold the whole machine of 4. */
const preempted = [
  "; MaxProcs: 4",
  "; Preemption: Double",
  `1 0 0 100 4 -1 -1 ${tail} 1 1 1 1 1 1 -1 -1`,
  `1 0 0 60 4 -1 -1 ${tail} 2 1 1 1 1 1 -1 -1`,
  `1 -1 20 40 4 -1 -1 ${tail} 3 1 1 1 1 1 -1 -1`,
  `2 10 50 20 4 -1 -1 ${tail} 1 2 1 1 1 1 -1 -1`,
];
const withoutSums = preempted.filter((_, index) => index !== 2);

function storePath(): string {
  return path.join(temporaryDirectory(), "store.duckdb");
}

async function imported(lines: readonly string[], store: string) {
  const result = await importLog(logFile(lines.join("\n")), store, { name: "log" });
  const rows = (sql: string) => query(store, sql);
  return { result, rows };
}

test.each([
  ["summed up and told by its executions", preempted, 4],
  ["told by its executions only", withoutSums, 3],
])("a job %s is one job, which holds its cores in each of them", async (_, lines, records) => {
  const { result, rows } = await imported(lines, storePath());
  expect(result).toMatchObject({ records, jobs: 2 });
  expect(
    await rows(
      "SELECT job, trace_job::INTEGER AS log, start_s, end_s, run_s, turnaround_s, state FROM job_times ORDER BY job",
    ),
  ).toEqual([
    { job: 1, log: 1, start_s: 0, end_s: 120, run_s: 100, turnaround_s: 120, state: "completed" },
    { job: 2, log: 2, start_s: 60, end_s: 80, run_s: 20, turnaround_s: 70, state: "completed" },
  ]);
  expect(
    await rows("SELECT job, attempt, cores, start_s, end_s FROM attempts ORDER BY 1, 2"),
  ).toEqual([
    { job: 1, attempt: 1, cores: 4, start_s: 0, end_s: 60 },
    { job: 1, attempt: 2, cores: 4, start_s: 80, end_s: 120 },
  ]);
  expect(
    await rows(
      "SELECT name, value FROM metrics WHERE scope = 'run' AND name IN ('n', 'utilisation', 'makespan', 'peak_cores') ORDER BY name",
    ),
  ).toEqual([
    { name: "makespan", value: 120 },
    { name: "n", value: 2 },
    { name: "peak_cores", value: 4 },
    { name: "utilisation", value: 1 },
  ]);
});

test("between its executions a job waits again", async () => {
  await withLog(logFile(preempted.join("\n")), {}, async (connection) => {
    const series = await connection.runAndReadAll(
      `SELECT at_s, until_s, running_cores::INTEGER, queued_cores::INTEGER, running_jobs::INTEGER,
         queued_jobs::INTEGER
       FROM core_series ORDER BY at_s`,
    );
    expect(series.getRows()).toEqual([
      [0, 10, 4, 0, 1, 0],
      [10, 60, 4, 4, 1, 1],
      [60, 80, 4, 4, 1, 1],
      [80, 120, 4, 0, 1, 0],
      [120, null, 0, 0, 0, 0],
    ]);
  });
});

test("executions of an unknown length are attempts, and hold nothing that is known", async () => {
  const lines = preempted.map((line) => line.replace("1 -1 20 40", "1 -1 20 -1"));
  const { rows } = await imported(lines, storePath());
  expect(await rows("SELECT count(*)::INTEGER AS n FROM attempts WHERE end_s IS NULL")).toEqual([
    { n: 1 },
  ]);
  expect(await rows("SELECT count(*)::INTEGER AS n FROM held_intervals")).toEqual([{ n: 0 }]);
  expect(await rows("SELECT end_s FROM jobs WHERE job = 1")).toEqual([{ end_s: 100 }]);
});

test("a log that is imported again with its executions holds them once", async () => {
  const store = storePath();
  const { result } = await imported(preempted, store);
  await readStore(store, async () => undefined);
  const { rows, result: again } = await imported(preempted, store);
  expect([again.outcome, again.runId]).toEqual(["unchanged", result.runId]);
  const counts = "SELECT count(*)::INTEGER AS n FROM attempts";
  expect(await rows(counts)).toEqual([{ n: 2 }]);
});

test("job numbers of 0, unknown and repeated ones are jobs of their own", async () => {
  const line = (job: number, submit: number) =>
    `${job} ${submit} 0 10 1 -1 -1 1 20 -1 1 1 1 1 1 1 -1 -1`;
  const { result, rows } = await imported(
    ["; MaxNodes: 4", line(0, 0), line(-1, 1), line(5, 2), line(5, 3), line(3, 4)],
    storePath(),
  );
  expect(Object.fromEntries(result.oddities)).toEqual({
    "job number of 0": 1,
    "unreadable job number": 1,
    "duplicate job number": 1,
    "no usable MaxProcs in the header, MaxNodes instead": 1,
  });
  expect(await rows("SELECT job, trace_job::INTEGER AS log FROM jobs ORDER BY job")).toEqual([
    { job: 1, log: 0 },
    { job: 2, log: null },
    { job: 3, log: 5 },
    { job: 4, log: 5 },
    { job: 5, log: 3 },
  ]);
});

test("a log of several batches that is refused at its end leaves nothing behind", async () => {
  const store = storePath();
  const lines = Array.from(
    { length: 150_000 },
    (_, job) => `${job + 1} ${job} 0 10 1 -1 -1 1 20 -1 1 1 1 1 1 1 -1 -1`,
  );
  const file = logFile([...lines, "what is this?"].join("\n"));
  await expect(importLog(file, store, { name: "log", mode: "strict" })).rejects.toThrow(
    "line 150001",
  );
  for (const table of ["jobs", "runs", "attempts"]) {
    expect(await query(store, `SELECT count(*)::INTEGER AS n FROM ${table}`)).toEqual([{ n: 0 }]);
  }
  expect(await importLog(file, store, { name: "log" })).toMatchObject({ jobs: 150_000 });
}, 60_000);

const three = [
  "1 0 0 20 4 -1 -1 4 30 -1 1 1 -1 -1 1 -1 -1 -1",
  "2 10 10 5 2 -1 -1 2 30 -1 1 2 -1 -1 2 -1 -1 -1",
  "3 30 0 10 1 -1 -1 1 30 -1 0 1 -1 -1 1 -1 -1 -1",
];

test("an imported log is a run like any other, once", async ({ skip }) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const store = storePath();
  const first = await importLog(file, store, { name: "sdsc", procs: 128 });
  expect(first).toMatchObject({ outcome: "imported", records: 4961, procs: 128 });
  const again = await importLog(file, store, { name: "sdsc", procs: 128 });
  expect(again).toMatchObject({ runId: first.runId, outcome: "unchanged", records: 4961 });
  await importLog(file, store, { name: "sdsc", procs: 256 });
  const runs = await query(
    store,
    `SELECT origin, experiment, capacity_cores, value FROM runs JOIN metrics USING (run_id)
     WHERE name = 'utilisation' ORDER BY capacity_cores`,
  );
  expect(runs).toMatchObject([
    { origin: "imported", experiment: "sdsc", capacity_cores: 128 },
    { origin: "imported", experiment: "sdsc", capacity_cores: 256 },
  ]);
  expect(Number(runs[0]?.value).toFixed(6)).toBe("0.640395");
}, 20_000);

test("a log that is refused half way leaves the store as it was", async () => {
  const store = storePath();
  await importLog(logFile(three.join("\n")), store, { name: "good" });
  const bad = logFile([...three, "4 10 soon"].join("\n"));
  await expect(importLog(bad, store, { name: "bad", mode: "strict" })).rejects.toThrow("line 4");
  expect(await query(store, "SELECT experiment FROM runs")).toEqual([{ experiment: "good" }]);
  await expect(importLog("/nowhere.swf", store, { name: "x" })).rejects.toThrow("no such file");
  await expect(importLog(bad, store, { name: "a b" })).rejects.toThrow("is no name for a run");
});
