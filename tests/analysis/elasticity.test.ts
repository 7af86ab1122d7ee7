import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { query } from "../../analysis/query";
import { withLog } from "../../store/import";
import { loadRun } from "../../store/load";
import { propertyRuns } from "../property-runs";
import {
  elasticFixture,
  elasticRun,
  elasticTopology,
  nodeEvent,
  stays,
} from "../store/elastic-fixture";
import { type RunFixture, temporaryDirectory, writeRun } from "../store/run-fixture";
import { logFile } from "../workloads/swf-fixture";
import { type ElasticJob, referenceElasticity, type Step } from "./reference-elasticity";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000 });

async function storeOf(fixture: RunFixture): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory, fixture), store);
  return store;
}

async function metricsOf(store: string) {
  const rows = await query(
    store,
    "SELECT name, value, reason FROM metrics WHERE scope = 'run' ORDER BY name",
  );
  return new Map(rows.map(({ name, value, reason }) => [String(name), value ?? reason]));
}

test("a run whose nodes come and go, worked out by hand", async () => {
  const store = await storeOf(elasticFixture);
  const metrics = await metricsOf(store);
  const near = (name: string, value: number) =>
    expect(Number(metrics.get(name)), name).toBeCloseTo(value, 6);
  // 40 s with demand: too little by 4 of 6 cores for 5 s, too much by 2 beyond 4 for 10 s.
  near("theta_u", (100 / 40) * (4 / 6) * 5);
  near("theta_o", (100 / 40) * (2 / 4) * 10);
  near("tau_u", (100 * 5) / 40);
  near("tau_o", (100 * 10) / 40);
  near("no_demand_share", 20 / 60);
  near("provisioning_deviation", (100 / 40) * ((4 / 6) * 5 + (2 / 4) * 10));
  // In one minute, the supply changes three times and the demand four times.
  near("jitter", -1);
  near("node_joins", 2);
  near("node_leaves", 2);
  near("nodes_given_up", 1);
  near("nodes_lost", 0);
  near("mean_join_to_started", (2.9 + 3.4) / 2);
  near("max_join_to_started", 3.4);
  near("mean_join_to_schedulable", 4.9);
  near("max_join_to_first_job", 5.9);
  near("mean_leave_to_drained", 0.3);
  near("mean_leave_to_left", 7.5);
  near("max_leave_to_left", 10);
  near("p50_decision_latency", 0.15);
  near("p99_decision_latency", 0.199);
  near("max_decision_latency", 0.2);
  // node01 all the time, two stays, and 1.9 s of the node that was given up.
  near("node_seconds", 60 + 34.9 + 29.9 + 1.9);
  // One node for 10 s, three for 10 s, two for 10 s, one for 30 s.
  near("oracle_node_seconds", 10 + 30 + 20 + 30);
  near("node_seconds_ratio", 126.7 / 90);
  expect(
    await query(
      store,
      `SELECT node, stay::INTEGER AS stay, from_s, first_job_s, to_s FROM node_stays
       WHERE to_s IS NULL OR to_s > 0 ORDER BY node`,
    ),
  ).toEqual([
    { node: "node01", stay: 0, from_s: "-Infinity", first_job_s: null, to_s: null },
    { node: "node02", stay: 1, from_s: 10.1, first_job_s: 16, to_s: 45 },
    { node: "node03", stay: 1, from_s: 10.1, first_job_s: 16, to_s: 40 },
    { node: "node04", stay: 1, from_s: 10.1, first_job_s: null, to_s: 12 },
  ]);
});

test("a node that is lost costs until then, comes back as another stay, and leaves as one of the start", async () => {
  const metrics = await metricsOf(
    await storeOf({
      ...elasticFixture,
      nodeEvents: [
        ...stays.filter(({ node }) => node === "node03"),
        nodeEvent("node02", "join-decided", 10),
        nodeEvent("node02", "schedulable", 15),
        nodeEvent("node02", "lost", 30),
        nodeEvent("node02", "join-decided", 35),
        nodeEvent("node02", "schedulable", 50),
        nodeEvent("node01", "leave-decided", 55),
        nodeEvent("node01", "left", 58),
      ],
    }),
  );
  expect(metrics.get("nodes_lost")).toBe(1);
  expect(metrics.get("node_joins")).toBe(3);
  expect(metrics.get("node_leaves")).toBe(2);
  expect(metrics.get("node_seconds")).toBeCloseTo(58 + 20 + 25 + 29.9, 6);
});

test("on a fixed cluster nothing is known of nodes that come and go, and each figure says why", async () => {
  const metrics = await metricsOf(await storeOf({}));
  for (const name of ["jitter", "node_joins", "node_seconds_ratio", "provisioning_deviation"]) {
    expect(metrics.get(name), name).toBe("the supply of this run could not change");
  }
  expect(metrics.get("theta_u")).toBe(0);
});

test("an elastic pool whose supply was not recorded has no accuracy, and one that did nothing has counts of 0", async () => {
  const metrics = await metricsOf(
    await storeOf({ ...elasticFixture, supply: [], nodeEvents: [], decisions: [] }),
  );
  for (const name of ["theta_u", "tau_o", "jitter", "provisioning_deviation"]) {
    expect(metrics.get(name), name).toBe("the supply of this run was not recorded");
  }
  expect(metrics.get("node_joins")).toBe(0);
  expect(metrics.get("mean_join_to_schedulable")).toBe("no node joined");
  expect(metrics.get("max_decision_latency")).toBe("no decision was recorded");
  expect(metrics.get("node_seconds")).toBe(60);
});

test("of a pool whose nodes are not known, neither what they cost nor what the oracle's would have is", async () => {
  const nodes = (elasticFixture.nodes ?? []).filter(({ role }) => role !== "compute");
  const metrics = await metricsOf(
    await storeOf({ ...elasticFixture, nodes, nodeEvents: [], decisions: [] }),
  );
  expect(metrics.get("node_seconds")).toBe("the nodes of the elastic pools are not known");
  for (const name of ["oracle_node_seconds", "node_seconds_ratio"]) {
    expect(metrics.get(name), name).toBe("the size of the nodes is not known");
  }
});

/** The metrics of the fixture's run where node01 is a fixed pool, the others are an elastic one, and jobs name these partitions. */
async function besideFixed(partitionOf: (job: number) => string | undefined) {
  const { run, nodes = [], jobs = [] } = elasticFixture;
  const topology = {
    nodes: { count: 1 },
    pools: { burst: { ...elasticTopology.nodes, count: 0, elastic: { min: 0, max: 3 } } },
  };
  return metricsOf(
    await storeOf({
      ...elasticFixture,
      run: elasticRun(run, topology),
      nodes: nodes.map((node) => (node.name === "node01" ? node : { ...node, pool: "burst" })),
      jobs: jobs.map((job) => {
        const partition = partitionOf(job.job);
        return partition === undefined ? job : { ...job, planned: { ...job.planned, partition } };
      }),
    }),
  );
}

test("an elastic pool beside a fixed one has its own jobs' demand", async () => {
  const metrics = await besideFixed((job) => (job === 2 ? "burst" : undefined));
  expect(metrics.get("node_seconds")).toBeCloseTo(34.9 + 29.9 + 1.9, 6);
  expect(metrics.get("oracle_node_seconds")).toBe(2 * 20);
});

test("a job of a partition that spans pools is one of the pool that it ran on", async () => {
  const metrics = await besideFixed(() => "urgent");
  // Two nodes from 10 to 30 s for the second job; the others ran on node01, of the fixed pool.
  expect(metrics.get("oracle_node_seconds")).toBe(2 * 20);
});

/** Whole seconds, so that the reference can go second by second. */
const job: fc.Arbitrary<ElasticJob> = fc
  .record({
    submit: fc.nat(40),
    wait: fc.nat(15),
    run: fc.nat(20),
    cores: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ submit, wait, run, cores }) => ({
    submit,
    start: submit + wait,
    end: submit + wait + run,
    cores,
  }));
const step: fc.Arbitrary<Step> = fc.record({
  at: fc.integer({ min: -5, max: 80 }),
  cores: fc.nat(12),
});

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Of each node. */
  readonly cores: number;
}

const bounds: fc.Arbitrary<Bounds> = fc.record({
  min: fc.nat(2),
  max: fc.integer({ min: 2, max: 5 }),
  cores: fc.integer({ min: 1, max: 4 }),
});
const steps = fc.uniqueArray(step, { selector: ({ at }) => at, minLength: 1, maxLength: 8 });

test("the views agree with plain TypeScript, whatever demand and supply", async () => {
  const log = logFile("1 0 0 20 4 -1 -1 4 30 -1 1 1 -1 -1 1 -1 -1 -1\n");
  await withLog(log, { procs: 12 }, (connection) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 8 }),
        steps,
        bounds,
        async (jobs, supply, pool) => {
          await fill(connection, jobs, supply, pool);
          // Planning the query for all metrics would take most of the time.
          const reader = await connection.runAndReadAll(
            `SELECT theta_u, theta_o, tau_u, tau_o, jitter, oracle_node_seconds
             FROM node_cost_figures LEFT JOIN change_figures USING (run_id)
             LEFT JOIN series_figures USING (run_id)`,
          );
          const [found = {}] = reader.getRowObjectsJS();
          const expected = referenceElasticity(jobs, supply, { ...pool, capacity: 12 });
          for (const [name, value] of Object.entries(expected)) {
            if (value === null) expect(found[name] ?? null, name).toBeNull();
            else expect(found[name], name).toBeCloseTo(value, 9);
          }
        },
      ),
      { numRuns: propertyRuns(10) },
    ),
  );
});

/** Makes the store's only run one of these jobs, supply and pool. */
async function fill(
  connection: DuckDBConnection,
  jobs: readonly ElasticJob[],
  supply: readonly Step[],
  { min, max, cores }: Bounds,
): Promise<void> {
  for (const table of ["jobs", "nodes", "supply_steps", "job_sums"]) {
    await connection.run(`DELETE FROM ${table}`);
  }
  const spec = { topology: { nodes: { count: min, elastic: { min, max } }, pools: {} } };
  await connection.run("UPDATE runs SET spec = $1", [JSON.stringify(spec)]);
  await connection.run(
    `INSERT INTO nodes (run_id, node, role, pool, vcpus)
     VALUES ('log', 'node01', 'compute', 'nodes', ${cores})`,
  );
  const rows = jobs.map(
    ({ submit, start, end, cores: wanted }, index) =>
      `('log', ${index + 1}, ${submit}, ${start}, ${end}, ${wanted}, ${wanted})`,
  );
  await connection.run(
    `INSERT INTO jobs (run_id, job, submit_s, start_s, end_s, requested_cores, allocated_cores)
     VALUES ${rows.join(", ")}`,
  );
  const levels = supply.map((level) => `('log', ${level.at}, ${level.cores})`);
  await connection.run(`INSERT INTO supply_steps VALUES ${levels.join(", ")}`);
  await connection.run("INSERT INTO job_sums FROM job_sums_now");
}
