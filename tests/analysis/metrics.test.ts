import path from "node:path";
import { expect, test } from "vitest";
import { logMetrics, runMetrics } from "../../analysis/metrics";
import { query } from "../../analysis/query";
import { binnedSeries, coreSeries } from "../../analysis/series";
import { withLog } from "../../store/import";
import { loadRun } from "../../store/load";
import { jobRecord, runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";
import { logFile } from "../workloads/swf-fixture";

const three = [
  "1 0 0 20 4 -1 -1 4 30 -1 1 1 -1 -1 1 -1 -1 -1",
  "2 10 10 5 2 -1 -1 2 30 -1 1 2 -1 -1 2 -1 -1 -1",
  "3 30 0 10 1 -1 -1 1 30 -1 0 1 -1 -1 1 -1 -1 -1",
];

test("a job that starts where another one ends does not hold the machine beside it", async () => {
  const log = [
    "1 0 1.1 2.2 10 -1 -1 10 5 -1 1 1 1 1 1 1 -1 -1",
    "2 2 1.3 10 10 -1 -1 10 20 -1 1 2 1 1 1 1 -1 -1",
  ];
  const { metrics } = await logMetrics(logFile(log.join("\n")), { procs: 10 });
  expect(metrics.find(({ name }) => name === "peak_cores")?.value).toBe(10);
});

test("a live run's instants are whole microseconds: equal ones are equal, tolerances are kept to the last", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  // A double of milliseconds since 1970 is good to a quarter of a microsecond. The last job starts
  // 1.5 ms before its submission: the start's 1 ms and the node's offset of 0.5 ms.
  const jobs = [
    jobRecord(1, "user01", 4, [0, 1.1, 3.3000002]),
    jobRecord(2, "user01", 4, [2, 3.3, 9]),
    jobRecord(3, "user01", 4, [12.345, 12.3435, 20]),
  ];
  await loadRun(writeRun(directory, { jobs }), store);
  expect(
    await query(
      store,
      `SELECT name, value FROM metrics WHERE scope = 'run' AND name IN ('n', 'peak_cores')
       ORDER BY name`,
    ),
  ).toEqual([
    { name: "n", value: 3 },
    { name: "peak_cores", value: 4 },
  ]);
});

test("the offset of a node's clock counts in the seconds of the scheduler's clock", async () => {
  const { provenance } = runRecord();
  const counted = async (clockFactor: number) => {
    const directory = temporaryDirectory();
    const store = path.join(directory, "s.duckdb");
    const run = runRecord({ provenance: { ...provenance, clockFactor } });
    // 31 ms before its submission: the start's 1 ms and 60 times the node's offset of 0.5 ms.
    const jobs = [jobRecord(1, "user01", 4, [12.345, 12.314, 20])];
    await loadRun(writeRun(directory, { run, jobs }), store);
    const [row] = await query(
      store,
      "SELECT value FROM metrics WHERE scope = 'run' AND name = 'n'",
    );
    return row?.value;
  };
  expect(await counted(1)).toBe(0);
  expect(await counted(60)).toBe(1);
});

test("a share of the time is 100 % where it is all of it, also of tenths", async () => {
  // One core of four for 0.1, 0.2 … s, one after the other: supply is above demand all the time.
  let submit = 0;
  const log = Array.from({ length: 30 }, (_, index) => {
    const run = (index % 7) + 1;
    const line = `${index + 1} ${submit / 10} 0 ${run / 10} 1 -1 -1 1 9 -1 1 1 1 1 1 1 -1 -1`;
    submit += run;
    return line;
  });
  const { metrics } = await logMetrics(logFile(log.join("\n")), { procs: 4 });
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value;
  expect([of("tau_o"), of("tau_u"), of("no_demand_share")]).toEqual([100, 0, 0]);
});

test("supply that changes during a run makes the demand that it lacks or exceeds", async () => {
  // Four cores for 0 to 20 s and two from 20 to 25 s, one from 30 to 40 s.
  await withLog(logFile(three.join("\n")), { procs: 4 }, async (connection) => {
    await connection.run("INSERT INTO supply_steps VALUES ('log', 0, 2), ('log', 12, 4)");
    const steps = await connection.runAndReadAll(
      "SELECT at_s, until_s, demand, supply FROM demand_supply_series ORDER BY at_s",
    );
    expect(steps.getRows()).toEqual([
      [0, 10, 4, 2],
      [10, 12, 4, 2],
      [12, 20, 4, 4],
      [20, 25, 2, 4],
      [25, 30, 0, 4],
      [30, 40, 1, 4],
    ]);
    const metrics = await runMetrics(connection, "log");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value;
    expect(of("theta_u")).toBeCloseTo((100 * 12 * 0.5) / 35, 9);
    expect(of("theta_o")).toBeCloseTo((100 * (5 * 1 + 10 * 3)) / 35, 9);
    expect(of("tau_u")).toBeCloseTo((100 * 12) / 35, 9);
    expect(of("no_demand_share")).toBeCloseTo(5 / 40, 9);
  });
});

test("metrics of users and queues, with τ in the definition", async () => {
  const { metrics } = await logMetrics(logFile(three.join("\n")), { procs: 4, tau: 1 });
  const of = (scope: string, subject: string | null, name: string) =>
    metrics.find((m) => m.scope === scope && m.subject === subject && m.name === name);
  expect(of("user", "2", "mean_bounded_slowdown")).toMatchObject({
    value: 3,
    definition: "mean of max(1, turnaround / max(run, 1 s))",
  });
  expect(of("user", "1", "dominant_share")?.value).toBeCloseTo(90 / (4 * 40));
  expect(of("user", "2", "normalised_wait")?.value).toBe(1);
  expect(of("queue", "1", "core_seconds")?.value).toBe(90);
  expect(of("queue", "1", "share")).toBeUndefined();
  // From 3 s (a tenth of 0 to 30) to 30 s: 4 cores for 17 s, 2 for 5 s.
  expect(of("run", null, "steady_utilisation")?.value).toBeCloseTo(78 / (4 * 27));
  expect(of("run", null, "failed_jobs")?.value).toBe(1);
});

test("jobs are classed by the medians of their job list, or by limits of the session's", async () => {
  // Sizes 1, 2, 4 and 8; run times 5, 10, 20 and 40 s; waits 1, 2, 3 and 4 s; one job never started.
  const log = [
    "1 0 1 5 1 -1 -1 1 90 -1 1 1 -1 -1 1 -1 -1 -1",
    "2 0 2 40 2 -1 -1 2 90 -1 1 1 -1 -1 1 -1 -1 -1",
    "3 0 3 10 4 -1 -1 4 90 -1 1 2 -1 -1 1 -1 -1 -1",
    "4 0 4 20 8 -1 -1 8 90 -1 1 2 -1 -1 1 -1 -1 -1",
    "5 9 -1 40 8 -1 -1 8 90 -1 1 2 -1 -1 1 -1 -1 -1",
  ];
  await withLog(logFile(log.join("\n")), { procs: 8 }, async (connection) => {
    const waits = async () => {
      const found = (await runMetrics(connection, "log")).filter(
        ({ scope, name }) => scope === "class" && name === "mean_wait",
      );
      return Object.fromEntries(found.map(({ subject, value }) => [subject, value]));
    };
    // The medians of all five jobs: 4 cores and 20 s.
    expect(await waits()).toEqual({
      "narrow, short": 2,
      "narrow, long": 2,
      "wide, short": 4,
    });
    await connection.run("SET VARIABLE wide_above = 1");
    await connection.run("SET VARIABLE long_above = 39");
    expect(await waits()).toEqual({ "narrow, short": 1, "wide, long": 2, "wide, short": 3.5 });
    const metrics = await runMetrics(connection, "log");
    expect(metrics.find(({ scope, name }) => scope === "class" && name === "n")?.definition).toBe(
      "jobs that count; narrow: up to 1 cores, short: up to 39 s",
    );
  });
});

test("users, queues and classes have quantiles and area-weighted means, and a reason where not", async () => {
  const log = [
    ...three,
    "4 31 7 0 1 -1 -1 1 30 -1 1 3 -1 -1 1 -1 -1 -1",
    "5 40 -1 -1 1 -1 -1 1 30 -1 1 4 -1 -1 1 -1 -1 -1",
  ];
  const { metrics } = await logMetrics(logFile(log.join("\n")), { procs: 4 });
  const of = (scope: string, subject: string, name: string) =>
    metrics.find((m) => m.scope === scope && m.subject === subject && m.name === name);
  // Jobs 1 and 3: 80 and 10 core seconds, turnarounds 20 and 10 s.
  expect(of("user", "1", "area_weighted_response_time")?.value).toBeCloseTo((1600 + 100) / 90);
  expect(of("queue", "2", "p90_wait")?.value).toBe(10);
  expect(of("queue", "1", "p90_wait")?.value).toBeCloseTo(0.8 * 7);
  expect(of("user", "3", "area_weighted_bounded_slowdown")).toMatchObject({
    value: null,
    reason: "no job ran longer than 0 s",
  });
  expect(of("user", "4", "p50_wait")).toBeUndefined();
});

test("without the machine's size utilisation is unknown, and says so", async () => {
  const { metrics, procs } = await logMetrics(logFile(three.join("\n")), {});
  expect(procs).toBeNull();
  for (const name of ["utilisation", "theta_o", "tau_u", "steady_utilisation"]) {
    expect(metrics.find((metric) => metric.name === name)).toMatchObject({
      value: null,
      reason: "capacity unknown",
    });
  }
});

test("shares that are kept have a Jain index of 1, and 0.8 without regard to them", async () => {
  const shares = [4, 3, 2, 2, 1, 1];
  const log = shares.map(
    (cores, i) => `${i + 1} 0 0 100 ${cores}${" -1".repeat(5)} 1 ${i + 1}${" -1".repeat(6)}`,
  );
  await withLog(logFile(log.join("\n")), { procs: 13 }, async (connection) => {
    const jain = async () =>
      (await runMetrics(connection, "log")).find(({ name }) => name === "jain_core_seconds")?.value;
    expect(await jain()).toBeCloseTo(169 / (6 * 35));
    for (const [i, share] of shares.entries()) {
      await connection.run("INSERT INTO shares VALUES ('log', $1, $2)", [String(i + 1), share]);
    }
    expect(await jain()).toBeCloseTo(1);
  });
});

test("a live run's shares, scheduler cost and start on an empty cluster", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const run = runRecord();
  const policyJson = '{"priority":{"type":"multifactor","shares":{"user01":3}}}';
  const target = writeRun(directory, {
    run: { ...run, provenance: { ...run.provenance, policyJson } },
    daemons: [
      { node: "controller", daemon: "slurmctld", cpuSeconds: 1.5, peakMemoryBytes: 100 },
      { node: "node01", daemon: "slurmd", cpuSeconds: 0.5, peakMemoryBytes: 50 },
    ],
  });
  await loadRun(target, store);
  expect(
    await query(store, "SELECT user_name, share FROM user_figures ORDER BY user_name"),
  ).toEqual([
    { user_name: "user01", share: 3 },
    { user_name: "user02", share: 1 },
  ]);
  const values = await query(
    store,
    `SELECT name, value FROM metrics WHERE scope = 'run' AND name IN
       ('daemon_cpu_seconds', 'daemon_peak_memory', 'max_submit_call', 'mean_empty_start')
     ORDER BY name`,
  );
  expect(values.map(({ name }) => name)).toEqual([
    "daemon_cpu_seconds",
    "daemon_peak_memory",
    "max_submit_call",
    "mean_empty_start",
  ]);
  expect(values[0]?.value).toBe(2);
  expect(values[1]?.value).toBe(150);
  expect(values[2]?.value).toBeCloseTo(0.05);
  // Jobs 1 and 3 find the cluster empty and start before the call has returned.
  expect(values[3]?.value).toBe(0);
});

test("the series holds every step, and its bins keep the integral", async () => {
  await withLog(logFile(three.join("\n")), { procs: 4 }, async (connection) => {
    const steps = await connection.runAndReadAll(
      `SELECT at_s, until_s, running_cores::INTEGER, queued_cores::INTEGER, queued_jobs::INTEGER
       FROM core_series ORDER BY at_s`,
    );
    expect(steps.getRows()).toEqual([
      [0, 10, 4, 0, 0],
      [10, 20, 4, 2, 1],
      [20, 25, 2, 0, 0],
      [25, 30, 0, 0, 0],
      [30, 40, 1, 0, 0],
      [40, null, 0, 0, 0],
    ]);
    const series = (await coreSeries(connection, ["log", "no such run"])).get("log");
    const bins = binnedSeries(series ?? { at: [], cores: [], waiting: [] }, 3);
    expect(bins).toHaveLength(3);
    const area = bins.reduce((sum, { cores, seconds }) => sum + cores * seconds, 0);
    expect(area).toBeCloseTo(100);
    expect(bins[0]).toMatchObject({ at: 0, cores: 4 });
    expect(bins[1]?.waiting).toBeCloseTo((20 - 40 / 3) / (40 / 3));
  });
});
