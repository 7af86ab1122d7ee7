import path from "node:path";
import { expect, test, vi } from "vitest";
import { query } from "../../analysis/query";
import { simulateLoaded } from "../../cli/simulated";
import { loadRun } from "../../store/load";
import { refreshStore } from "../../store/refresh";
import { type Simulation, storeSimulations } from "../../store/simulations";
import { jobRecord, runRecord, temporaryDirectory, writeRun } from "./run-fixture";

// Every store is made anew, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const id = "20261121T233000Z-k3f9qa";

/**
 * On 4 cores: job 1 holds 3 of them from 0 to 100, job 2 wants 4, job 3 one for 20 s. Live, all waited
 * for each other. The limits are 110, 30 and 30 s: 120, 60 and 60 s to the scheduler.
 */
async function setUp(lastSubmit = 20) {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const job = (number: number, cores: number, times: [number, number, number], limit: number) => {
    const record = jobRecord(number, "user01", cores, times);
    return { ...record, planned: { ...record.planned, cores, limitSeconds: limit } };
  };
  const run = writeRun(directory, {
    run: runRecord({ capacityCores: 4 }),
    jobs: [
      job(1, 3, [0, 1, 101], 110),
      job(2, 4, [10, 103, 123], 30),
      job(3, 1, [lastSubmit, 125, 145], 30),
    ],
  });
  await loadRun(run, store);
  return { store, run };
}

test("a loaded run stands beside FCFS, EASY and conservative backfilling of its jobs", async () => {
  const { store } = await setUp();
  await simulateLoaded(store, id, () => {});
  expect(
    await query(
      store,
      `SELECT policy, job, simulated_start_s, deviation_s FROM simulated_jobs ORDER BY policy, job`,
    ),
  ).toEqual([
    { policy: "conservative", job: 1, simulated_start_s: 0, deviation_s: 1 },
    { policy: "conservative", job: 2, simulated_start_s: 100, deviation_s: 3 },
    { policy: "conservative", job: 3, simulated_start_s: 20, deviation_s: 105 },
    { policy: "easy", job: 1, simulated_start_s: 0, deviation_s: 1 },
    { policy: "easy", job: 2, simulated_start_s: 100, deviation_s: 3 },
    { policy: "easy", job: 3, simulated_start_s: 20, deviation_s: 105 },
    { policy: "fcfs", job: 1, simulated_start_s: 0, deviation_s: 1 },
    { policy: "fcfs", job: 2, simulated_start_s: 100, deviation_s: 3 },
    { policy: "fcfs", job: 3, simulated_start_s: 120, deviation_s: 5 },
  ]);
  const figures = await query(
    store,
    `SELECT name, value, unit FROM metrics WHERE scope = 'policy' AND subject = 'easy'
     AND name IN ('mean_deviation', 'median_deviation', 'p95_deviation', 'max_deviation',
       'simulated_makespan', 'simulated_mean_wait', 'unfairness') ORDER BY name`,
  );
  expect(figures).toEqual([
    { name: "max_deviation", value: 105, unit: "s" },
    { name: "mean_deviation", value: 109 / 3, unit: "s" },
    { name: "median_deviation", value: 3, unit: "s" },
    { name: "p95_deviation", value: expect.closeTo(94.8, 9), unit: "s" },
    { name: "simulated_makespan", value: 120, unit: "s" },
    { name: "simulated_mean_wait", value: 30, unit: "s" },
    { name: "unfairness", value: 109, unit: "s" },
  ]);
});

test("the estimate is the limit as the scheduler rounds it", async () => {
  // At 70 a job of 30 s would be over by the 110 s of job 1; one of 60 s passes its 120 s.
  const { store } = await setUp(70);
  await simulateLoaded(store, id, () => {});
  expect(
    await query(
      store,
      `SELECT simulated_start_s, limit_resolution_s FROM simulated_jobs JOIN runs USING (run_id)
       WHERE runs.run_id = '${id}' AND simulated_jobs.policy = 'easy' AND job = 3`,
    ),
  ).toEqual([{ simulated_start_s: 120, limit_resolution_s: 60 }]);
  expect(await query(store, "SELECT rounded_limit(110, NULL) AS seen")).toEqual([{ seen: 110 }]);
});

test("job-level unfairness names its policy and tie rule", async () => {
  const { store } = await setUp();
  const unfairness = () =>
    query(
      store,
      `SELECT value, definition, reason FROM metrics WHERE scope = 'run' AND name = 'unfairness'`,
    );
  expect(await unfairness()).toMatchObject([
    { value: null, reason: "not simulated: schedlab load and import do it" },
  ]);
  await simulateLoaded(store, id, () => {});
  expect(await unfairness()).toMatchObject([
    { value: 109, reason: null, definition: expect.stringMatching(/easy.*one scheduling pass/) },
  ]);
});

test("simulating twice changes nothing, and loading a run anew takes its simulations away", async () => {
  const { store, run } = await setUp();
  const counts = () =>
    query(
      store,
      `SELECT (SELECT count(*) FROM simulations) AS simulations,
         (SELECT count(*) FROM simulated_jobs) AS jobs,
         (SELECT count(*) FROM metrics WHERE name = 'makespan') AS makespans`,
    );
  await simulateLoaded(store, id, () => {});
  await simulateLoaded(store, id, () => {});
  expect(await counts()).toEqual([{ simulations: 3, jobs: 9, makespans: 1 }]);
  writeRun(path.dirname(run));
  expect((await loadRun(run, store)).outcome).toBe("replaced");
  expect(await counts()).toEqual([{ simulations: 0, jobs: 0, makespans: 1 }]);
});

test("a run that was replaced while it was simulated keeps its own state", async () => {
  const { store } = await setUp();
  const simulation: Simulation = { policy: "easy", tieRule: "any", procs: 4, starts: [] };
  const stored = await storeSimulations(store, { runId: id, contentHash: "other" }, [simulation]);
  expect(stored).toBe(false);
  expect(await query(store, "SELECT count(*) AS n FROM simulations")).toEqual([{ n: 0 }]);
});

test("a run that cannot be simulated says why", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const jobs = [jobRecord(1, "user01", 1, [0, 1, 1])];
  await loadRun(writeRun(directory, { jobs }), store);
  const said: string[] = [];
  await simulateLoaded(store, id, (line) => said.push(line));
  const reason = "no job that counts ran longer than 0 s on this machine";
  expect(said).toEqual([`run ${id} is not simulated: ${reason}`]);
  expect(
    await query(store, "SELECT value, reason FROM metrics WHERE name = 'mean_unfairness'"),
  ).toEqual([{ value: null, reason }]);
  await simulateLoaded(store, id, (line) => said.push(line));
  expect(said).toHaveLength(1);
});

test("the stored figures are those of the views before and after each simulation", async () => {
  const { store } = await setUp();
  const columns = "run_id, name, scope, subject, value, unit, definition, reason";
  const differing = async () => {
    const [stored, seen] = ["metrics", "metric_values"].map((t) => `SELECT ${columns} FROM ${t}`);
    return query(
      store,
      `(${stored} EXCEPT ALL ${seen}) UNION ALL (${seen} EXCEPT ALL ${stored}) ORDER BY ALL`,
    );
  };
  expect(await differing()).toEqual([]);
  await simulateLoaded(store, id, () => {});
  expect(await differing()).toEqual([]);
  const [run] = await query(store, "SELECT content_hash FROM runs");
  const contentHash = String(run?.content_hash);
  await storeSimulations(store, { runId: id, contentHash }, "too many jobs");
  expect(await differing()).toEqual([]);
});

test("a store is brought up to date without the runs' directories", async () => {
  const { store } = await setUp();
  expect(await refreshStore(store)).toEqual([id]);
  expect(
    await query(store, "SELECT count(*) AS n FROM metrics WHERE scope = 'run' AND name = 'n'"),
  ).toEqual([{ n: 1 }]);
  await expect(refreshStore(path.join(path.dirname(store), "none.duckdb"))).rejects.toThrow(
    "there is no store",
  );
});
