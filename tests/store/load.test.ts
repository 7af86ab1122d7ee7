import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { comparableRuns, readResults } from "../../analysis/results";
import { resultsTable } from "../../analysis/results-table";
import { loadRun } from "../../store/load";
import {
  events,
  jobRecord,
  jobs,
  runRecord,
  startedAt,
  temporaryDirectory,
  writeRun,
} from "./run-fixture";
import { emptyStore } from "./store-copies";

async function setUp(fixture?: Parameters<typeof writeRun>[1]) {
  const directory = temporaryDirectory();
  const store = path.join(directory, "results", "s.duckdb");
  await emptyStore(store);
  return { run: writeRun(directory, fixture), store };
}

async function metrics(store: string): Promise<Record<string, unknown>> {
  const rows = await query(store, "SELECT name, value FROM metrics WHERE scope = 'run'");
  return Object.fromEntries(rows.map(({ name, value }) => [String(name), value]));
}

async function reason(store: string, name: string): Promise<unknown> {
  const rows = await query(
    store,
    `SELECT value, reason FROM metrics WHERE scope = 'run' AND name = '${name}'`,
  );
  expect(rows[0]?.value).toBeNull();
  return rows[0]?.reason;
}

test("what a job asked for is in its row, and NULL for one that asked for nothing", async () => {
  const [first, second, ...others] = jobs;
  if (first === undefined || second === undefined) throw new Error("no jobs");
  const asks = {
    ...{ nodes: 2, gpuType: "a100", constraint: "fast&ib", qos: "long", account: "physics" },
    ...{ priority: 3, eligibleAfterSeconds: 1.5 },
  };
  const asking = { ...first, planned: { ...first.planned, ...asks } };
  const { run, store } = await setUp({ jobs: [asking, second, ...others] });
  await loadRun(run, store);
  const columns =
    "requested_nodes, gpu_type, constraint_, qos, account, priority, eligible_after_s";
  const [one, two] = await query(store, `SELECT ${columns} FROM jobs ORDER BY job`);
  expect(Object.values(one ?? {})).toEqual([2, "a100", "fast&ib", "long", "physics", 3, 1.5]);
  expect(Object.values(two ?? {})).toEqual(Array(7).fill(null));
});

test("a run is loaded with all its records", async () => {
  const { run, store } = await setUp();
  expect(await loadRun(run, store)).toMatchObject({ outcome: "loaded", jobs: 3, torn: [] });
  expect(await query(store, "SELECT run_id, seed, started_at, bodies, origin FROM runs")).toEqual([
    {
      run_id: "20261121T233000Z-k3f9qa",
      seed: 1,
      started_at: "2026-11-21T23:30:00.000Z",
      bodies: ["sleep"],
      origin: "live",
    },
  ]);
  expect(
    await query(
      store,
      "SELECT state, user_name, submit_s, accept_s, start_s, end_s, nodes FROM jobs WHERE job = 2",
    ),
  ).toEqual([
    {
      state: "completed",
      user_name: "user02",
      submit_s: 10,
      accept_s: 10.05,
      start_s: 20,
      end_s: 25,
      nodes: ["node01"],
    },
  ]);
  expect(await query(store, "SELECT at_s, source FROM job_events WHERE event = 'start'")).toEqual([
    { at_s: 0.01225, source: "wrapper" },
    { at_s: 0, source: "scheduler" },
  ]);
  expect(
    await query(
      store,
      "SELECT at_s, cpu_seconds AS s FROM samples WHERE node = 'node01' AND at_s < 40",
    ),
  ).toEqual([
    { at_s: 0, s: 5 },
    { at_s: 10, s: 25 },
    { at_s: 20, s: 45 },
    { at_s: 30, s: 65 },
  ]);
  expect(await query(store, "SELECT experiment, scheduler_kind FROM experiments")).toEqual([
    { experiment: "dev", scheduler_kind: "slurm" },
  ]);
});

test("the metrics of three jobs are those computed by hand", async () => {
  const { run, store } = await setUp();
  await loadRun(run, store);
  // Bounded slowdowns 1, 15/10 and 1; the users' means are 1 and 1.5.
  expect(await metrics(store)).toMatchObject({
    n: 3,
    makespan: 30,
    mean_wait: 10 / 3,
    max_wait: 10,
    mean_turnaround: 35 / 3,
    mean_slowdown: (1 + 15 / 5) / 2,
    mean_bounded_slowdown: 3.5 / 3,
    utilisation: 90 / 120,
    busy_share: 0.5,
    users: 2,
    jain: 2.5 ** 2 / (2 * (1 + 1.5 ** 2)),
    mean_submit_call: expect.closeTo(0.05, 9),
    failed_jobs: 1,
  });
  expect(
    await query(
      store,
      `SELECT subject, value FROM metrics
       WHERE scope = 'user' AND name = 'mean_bounded_slowdown' ORDER BY subject`,
    ),
  ).toEqual([
    { subject: "user01", value: 1 },
    { subject: "user02", value: 1.5 },
  ]);
});

test("the definition says which clock a metric rests on", async () => {
  const { run, store } = await setUp();
  await loadRun(run, store);
  const rows = await query(store, "SELECT definition FROM metrics WHERE name = 'makespan'");
  expect(rows[0]?.definition).toContain("submit harness, start wrapper, end wrapper");
});

test("loading the same directory twice changes nothing", async () => {
  const { run, store } = await setUp();
  await loadRun(run, store);
  const before = readFileSync(store);
  expect(await loadRun(run, store)).toMatchObject({ outcome: "unchanged" });
  expect(readFileSync(store).equals(before)).toBe(true);
});

test("a run whose records changed replaces what was loaded before", async () => {
  const { run, store } = await setUp({ run: runRecord({ status: "running", finishedAt: null }) });
  await loadRun(run, store);
  writeFileSync(path.join(run, "run.json"), JSON.stringify(runRecord()));
  expect(await loadRun(run, store)).toMatchObject({ outcome: "replaced" });
  expect(
    await query(
      store,
      `SELECT status, (SELECT count(*) FROM jobs) AS jobs,
         (SELECT count(*) FROM metrics WHERE name = 'makespan') AS makespans FROM runs`,
    ),
  ).toEqual([{ status: "completed", jobs: 3, makespans: 1 }]);
});

test("two loads at the same time, of two runs, both arrive", async () => {
  const { run, store } = await setUp();
  const other = writeRun(path.dirname(run), { run: runRecord({ id: "20261121T234000Z-000000" }) });
  await Promise.all([loadRun(run, store), loadRun(other, store)]);
  expect(await query(store, "SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 2 }]);
});

test("the cut-off last line of a killed run is left out and reported", async () => {
  const { run, store } = await setUp();
  appendFileSync(path.join(run, "jobs.jsonl"), '{"job":4,"planned":{"id":4,"subm');
  const lines: string[] = [];
  const result = await loadRun(run, store, { report: (line) => lines.push(line) });
  expect(result).toMatchObject({ jobs: 3, torn: ["jobs.jsonl"] });
  expect(lines.join("\n")).toContain("jobs.jsonl: the last line is cut off");
});

test("a bad line in the middle is named, counted and passed by, and the run is loaded", async () => {
  const { run, store } = await setUp();
  const file = path.join(run, "events.jsonl");
  const [first = "", ...others] = readFileSync(file, "utf8").split("\n");
  const torn = first.slice(0, 20);
  writeFileSync(file, [first, `${torn}${first}`, '{"job":1}', ...others].join("\n"));
  const said: string[] = [];
  const result = await loadRun(run, store, { report: (line) => said.push(line) });
  expect(result).toMatchObject({ outcome: "loaded", jobs: 3, events: events.length });
  expect(result.bad.map(({ file, line }) => [file, line])).toEqual([
    ["events.jsonl", 2],
    ["events.jsonl", 3],
  ]);
  expect(said.filter((line) => line.startsWith(run))).toEqual([
    expect.stringContaining("events.jsonl:2: left out, it is no record: not JSON"),
    expect.stringContaining("events.jsonl:3: left out, it is no record: "),
  ]);
  expect(await query(store, "SELECT bad_records, bad_places FROM runs")).toEqual([
    { bad_records: 2, bad_places: ["events.jsonl:2", "events.jsonl:3"] },
  ]);
  const results = await readResults(store);
  expect(resultsTable(results, await comparableRuns(store))).toContain(
    "2 of its records could not be read and are missing from every figure " +
      "(events.jsonl:2, events.jsonl:3)",
  );
});

test("a nodes.json or daemons.json that is no list of records does not keep the run from the store", async () => {
  const { run, store } = await setUp({ daemons: [] });
  writeFileSync(path.join(run, "nodes.json"), "[{");
  writeFileSync(path.join(run, "daemons.json"), '[{"node":1}]');
  expect(await loadRun(run, store)).toMatchObject({ outcome: "loaded", jobs: 3 });
  expect(await query(store, "SELECT bad_places FROM runs")).toEqual([
    { bad_places: ["nodes.json", "daemons.json"] },
  ]);
});

test("a run that was killed is stored as interrupted, with the metrics of what it knew", async () => {
  const { run, store } = await setUp({
    run: runRecord({ status: "running", finishedAt: null, failedJobs: null }),
    jobs: [
      jobRecord(1, "user01", 4, [0, 0, 20]),
      jobRecord(2, "user02", 2, [10, 20, null], { state: "running" }),
    ],
  });
  await loadRun(run, store);
  expect(await query(store, "SELECT status, reason FROM runs")).toEqual([
    { status: "interrupted", reason: "the run stopped without a word" },
  ]);
  expect(await metrics(store)).toMatchObject({ n: 1, makespan: 20 });
  expect(await reason(store, "failed_jobs")).toContain("did not get as far as collecting");
});

test("a run without a job that counts has NULL metrics with a reason, not zeros", async () => {
  const { run, store } = await setUp({
    jobs: [jobRecord(1, "user01", 1, [0, null, null])],
    samples: [],
  });
  await loadRun(run, store);
  expect(await reason(store, "mean_wait")).toBe(
    "no job counts: of 1 jobs 0 have no known submit, 1 no start, 1 no end, 0 no cores",
  );
  expect(await reason(store, "jain")).toContain("no job counts");
  expect(await metrics(store)).toMatchObject({ n: 0, utilisation: null, users: null });
});

test("a run that failed before its first job has a reason too", async () => {
  const failed = runRecord({ status: "failed", reason: "node01 never answered" });
  const { run, store } = await setUp({ run: failed, jobs: [], events: [], samples: [] });
  for (const name of ["nodes.json", "jobs.jsonl", "events.jsonl", "samples.jsonl"]) {
    rmSync(path.join(run, name));
  }
  await loadRun(run, store);
  expect(await reason(store, "makespan")).toBe("the run has no jobs");
});

test("jobs of 0 seconds only have no slowdown, and a makespan of 0 no utilisation", async () => {
  const { run, store } = await setUp({ jobs: [jobRecord(1, "user01", 1, [5, 5, 5])] });
  await loadRun(run, store);
  expect(await reason(store, "mean_slowdown")).toBe("no job ran longer than 0 s");
  expect(await reason(store, "utilisation")).toBe("the makespan is 0");
  expect(await metrics(store)).toMatchObject({ n: 1, mean_bounded_slowdown: 1, jain: 1 });
});

test("a wait below 0 counts as 0 within the clocks' reach, and not at all beyond", async () => {
  const seconds = { source: "scheduler" as const, resolutionMs: 1000 };
  const { run, store } = await setUp({
    jobs: [
      jobRecord(1, "user01", 1, [5.4, null, 10], { start: { at: startedAt + 5000, ...seconds } }),
      jobRecord(2, "user01", 1, [5.4, null, 10], { start: { at: startedAt + 4000, ...seconds } }),
    ],
  });
  await loadRun(run, store);
  expect(await query(store, "SELECT job, wait_s, counted FROM job_times ORDER BY job")).toEqual([
    { job: 1, wait_s: 0, counted: true },
    { job: 2, wait_s: null, counted: false },
  ]);
});

test("an event that was written twice counts once", async () => {
  const { run, store } = await setUp({ events: [...events, ...events] });
  expect(await loadRun(run, store)).toMatchObject({ events: events.length });
});

test("queues get their own figures", async () => {
  const [first, second] = jobs;
  if (first === undefined || second === undefined) throw new Error("no jobs");
  const inQueue = { ...second, planned: { ...second.planned, partition: "debug" } };
  const { run, store } = await setUp({ jobs: [first, inQueue] });
  await loadRun(run, store);
  expect(
    await query(store, "SELECT subject, value FROM metrics WHERE scope = 'queue' AND name = 'n'"),
  ).toEqual([{ subject: "debug", value: 1 }]);
});

test("a directory without run.json is refused", async () => {
  const directory = temporaryDirectory();
  await expect(loadRun(directory, path.join(directory, "s.duckdb"))).rejects.toThrow(
    "has no run.json",
  );
});

test("an invalid run.json is refused with the field", async () => {
  const { run, store } = await setUp();
  writeFileSync(path.join(run, "run.json"), JSON.stringify({ ...runRecord(), status: "done" }));
  await expect(loadRun(run, store)).rejects.toThrow(/run\.json: .*status/);
});
