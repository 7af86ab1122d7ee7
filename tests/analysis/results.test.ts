import path from "node:path";
import { expect, test, vi } from "vitest";
import { comparableRuns, readResults } from "../../analysis/results";
import { resultsTable } from "../../analysis/results-table";
import { simulateLoaded } from "../../cli/simulated";
import { loadRun } from "../../store/load";
import { writeStore } from "../../store/open";
import {
  benchmarkRecord,
  jobRecord,
  type RunFixture,
  runRecord,
  temporaryDirectory,
  writeRun,
} from "../store/run-fixture";
import { copyOfStore, emptyStore } from "../store/store-copies";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 60_000 });

async function storeOf(...runs: RunFixture[]): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await copyOfStore(store, JSON.stringify(runs), async (file) => {
    await emptyStore(file);
    for (const run of runs) await loadRun(writeRun(directory, run), file);
  });
  return store;
}

async function tableOf(store: string): Promise<string> {
  return resultsTable(await readResults(store), await comparableRuns(store));
}

test("a run's row has its conditions and its metrics by name", async () => {
  const rows = await readResults(await storeOf({}));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    run: "20261121T233000Z-k3f9qa",
    startedAt: "2026-11-21T23:30:00.000Z",
    status: "completed",
    scheduler: "slurm 24.11.5",
    plannedJobs: 3,
    metrics: { n: 3, makespan: 30, utilisation: 0.75 },
    reasons: {},
  });
});

test("the use of memory is a column where a run's jobs ask for memory", async () => {
  const job = jobRecord(1, "user01", 1, [0, 0, 10]);
  const asking = { ...job, planned: { ...job.planned, memoryMiB: 256 } };
  const rows = (await tableOf(await storeOf({ jobs: [asking] }))).split("\n");
  const column = rows[1]?.split("│").findIndex((cell) => cell.trim() === "memory") ?? -1;
  // Of 2 times 512 MiB, jobs can have seven eighths.
  expect(rows[4]?.split("│")[column]?.trim()).toBe("28.6");
  expect(await tableOf(await storeOf({}))).not.toMatch(/memory|GPUs/);
});

test("the table names scheduler and policy, with units in its head", async () => {
  const table = await tableOf(await storeOf({}));
  expect(table).toContain("slurm 24.11.5");
  expect(table).toContain("backfill, basic");
  const rows = table.split("\n");
  expect(rows[1]).toMatch(
    /makespan.*mean.*99 % of.*mean turn-.*bounded.*slowdown.*utilisation.*Jain.*failed/,
  );
  expect(rows[2]).toMatch(
    /\(s\) │ +wait \(s\) │ +waits \(s\) │ +around \(s\) │ slowdown │ +by area │ +\(%\)/,
  );
  const cells = rows[4]?.split("│").map((cell) => cell.trim());
  expect(cells?.slice(4, -1)).toEqual([
    "3",
    "2",
    "30.0",
    "3.33",
    "9.8",
    "11.67",
    "1.167",
    "1.056",
    "75.0",
    "0.962",
    "1",
  ]);
});

test("what is unknown is a dash with its reason below, never 0", async () => {
  const run = runRecord({ status: "failed", reason: "node01 never answered", failedJobs: null });
  const store = await storeOf({ run, jobs: [jobRecord(1, "user01", 1, [0, null, null])] });
  const table = await tableOf(store);
  expect(table).toContain("0 of 3");
  expect(table.split("\n")[4]).toMatch(/–.*–.*–.*–.*–.*–/);
  expect(table).toContain("20261121T233000Z-k3f9qa: failed: node01 never answered");
  expect(table).toMatch(/makespan, .*jain unknown: no job counts: of 1 jobs/);
});

test("a run whose pace the harness set says so", async () => {
  const run = runRecord({ harnessLimited: true, harnessExplanation: "submissions 2 s late" });
  const table = await tableOf(await storeOf({ run }));
  expect(table).toContain("the harness set the pace: submissions 2 s late");
});

test("runs come in the order they started", async () => {
  const [early, late] = ["20261121T230000Z-zzzzzz", "20261121T234500Z-aaaaaa"];
  const at = (id: string, hour: number) => ({
    run: runRecord({ id, startedAt: Date.UTC(2026, 10, 21, hour) }),
  });
  const rows = await readResults(await storeOf(at(late, 23), at(early, 22)));
  expect(rows.map(({ run }) => run)).toEqual([early, late]);
});

test("a missing store is an error that says what to do, an empty one is not", async () => {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  await expect(readResults(store)).rejects.toThrow(`there is no store at ${store}`);
  await writeStore(store, async () => undefined);
  expect(await tableOf(store)).toBe("the store holds no run yet");
});

test("runs under unequal conditions stand in tables of their own, with what differs", async () => {
  const second = "20261121T234500Z-aaaaaa";
  const base = runRecord();
  const other = runRecord({ id: second, provenance: { ...base.provenance, seed: 2 } });
  const table = await tableOf(await storeOf({}, { run: other }));
  const [first, next] = table.split("\n\n");
  expect(first).toMatch(/^conditions 1\n/);
  expect(first).not.toContain(second);
  expect(next).toMatch(/^conditions 2, not comparable with 1: seed 2 instead of 1\n/);
  expect(next).toContain(second);
});

test("the simulated schedules of a run stand below its figures", async () => {
  const store = await storeOf({});
  await simulateLoaded(store, "20261121T233000Z-k3f9qa", () => {});
  const [row] = await readResults(store);
  expect(Object.keys(row?.simulated ?? {})).toEqual(["fcfs", "easy", "conservative"]);
  expect(row?.simulated.easy).toMatchObject({ simulated_jobs: 2, simulated_mean_wait: 5 });
  const lines = (await tableOf(store)).split("\n");
  const live = lines.findIndex((line) => line.includes("slurm 24.11.5"));
  expect(lines[live + 1]).toContain("backfill, basic");
  expect(lines[live + 2]).toMatch(/simulated fcfs +│ +2 │ +│ +25\.0 │ +5\.00/);
});

test("benchmark jobs stand below the table, with the reason of what did not pass", async () => {
  const one = { ranks: 1, p: 1, q: 1, efficiency: null, efficiencyReason: "one rank" };
  const lost = { passed: false, gflops: null, reason: "HPL's output has no rate" };
  const benchmarks = [
    benchmarkRecord(1, { ...one, gflops: 2.5 }),
    benchmarkRecord(2, { gflops: 4, efficiency: 0.4 }),
    benchmarkRecord(3, { gflops: 2, efficiency: 0.2 }),
    benchmarkRecord(4, { ...lost, efficiency: null, efficiencyReason: "the job did not pass" }),
    benchmarkRecord(5, { ...lost, program: "hpcg", reason: "the program left no result" }),
  ];
  const store = await storeOf({ benchmarks });
  const [row] = await readResults(store);
  expect(row?.metrics).toMatchObject({
    hpl_gflops: 3,
    hpl_failed: 1,
    hpcg_gflops: null,
    hpcg_failed: 1,
  });
  expect(row?.metrics.hpl_efficiency).toBeCloseTo(0.3);
  expect(row?.reasons).toMatchObject({
    hpcg_gflops: "no job passed: the program left no result",
    hpcg_efficiency: "no job passed: the program left no result",
  });
  const table = await tableOf(store);
  expect(table).toContain(
    "k3f9qa: hpl: 3 of 4 jobs passed, not passed: HPL's output has no rate, " +
      "3.00 Gflop/s on 4 ranks, parallel efficiency 0.300",
  );
  expect(table).toContain(
    "k3f9qa: hpcg: 0 of 1 jobs passed, not passed: the program left no result",
  );
});

test("a run without benchmark jobs has no metrics of them", async () => {
  const [row] = await readResults(await storeOf({}));
  expect(row?.benchmarks).toEqual([]);
  expect(Object.keys(row?.metrics ?? {}).filter((name) => name.includes("gflops"))).toEqual([]);
});

test("one rank's rate alone has no efficiency, with its reason", async () => {
  const benchmarks = [
    benchmarkRecord(1, {
      ranks: 1,
      efficiency: null,
      efficiencyReason: "one rank: the baseline itself",
    }),
  ];
  const store = await storeOf({ benchmarks });
  const [row] = await readResults(store);
  expect(row?.reasons).toMatchObject({ hpl_efficiency: "one rank: the baseline itself" });
  expect(await tableOf(store)).toContain(
    "2.00 Gflop/s on 1 rank, efficiency unknown: one rank: the baseline itself",
  );
});
