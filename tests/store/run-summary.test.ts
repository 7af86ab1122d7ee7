import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { policyLabel } from "../../analysis/policy-label";
import { query } from "../../analysis/query";
import { canonicalJson } from "../../base/canonical-json";
import { parseSpec } from "../../spec/parse";
import { storeAudit } from "../../store/audits";
import { importLog } from "../../store/import";
import { loadRun } from "../../store/load";
import { writeStore } from "../../store/open";
import { line, logFile } from "../workloads/swf-fixture";
import { elasticRun } from "./elastic-fixture";
import {
  benchmarkRecord,
  nodeRecord,
  nodes,
  type RunFixture,
  runRecord,
  startedAt,
  temporaryDirectory,
  writeRun,
} from "./run-fixture";

async function storeOf(...runs: readonly RunFixture[]): Promise<string> {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  for (const run of runs) await loadRun(writeRun(temporaryDirectory(), run), store);
  return store;
}

/** A run of this specification, whose stored form is the parsed one. */
function runOf(spec: object, change: Parameters<typeof runRecord>[0] = {}) {
  const run = runRecord(change);
  const { kind, policy } = parseSpec(spec).scheduler;
  const provenance = {
    ...run.provenance,
    specJson: canonicalJson(parseSpec(spec)),
    schedulerKind: kind,
    policyJson: canonicalJson(policy),
  };
  return { ...run, provenance };
}

const runId = "20261121T233000Z-k3f9qa";

const conditions = [
  ...["run_id", "origin", "experiment", "tuple_hash", "repeat", "resample", "seed", "campaign"],
  ...["status", "started_at", "finished_at"],
  ...["scheduler_kind", "scheduler_version", "policy_label"],
  ...["topology", "fabric", "network_scale", "capacity_cores", "workload"],
  ...["domain", "emulated", "clock_factor", "host_cpu_model", "host_cores", "host_kernel"],
  ...["audit", "audit_failed"],
];

test("it has a column for every condition and every metric that any run has, and no other", async () => {
  const programs = { benchmarks: [benchmarkRecord(1), benchmarkRecord(2, { program: "hpcg" })] };
  const elastic = { run: elasticRun({ id: "20261121T233001Z-k3f9qb" }) };
  const store = await storeOf(programs, elastic);
  const names = await query(store, "SELECT DISTINCT name FROM metrics WHERE scope = 'run'");
  const columns = await query(store, "DESCRIBE run_summary");
  const metrics = names.map(({ name }) => name);
  // A new metric is also named in store/views/14-run-summary.sql.
  expect(columns.map(({ column_name: name }) => name).sort()).toEqual(
    [...conditions, ...metrics].sort(),
  );
  for (const { column_name: name, column_type: type } of columns) {
    if (metrics.includes(name ?? null)) expect([name, type]).toEqual([name, "DOUBLE"]);
  }
});

test("every figure of every run equals the one in metrics, and each run has one row", async () => {
  const store = await storeOf(
    { benchmarks: [benchmarkRecord(1)] },
    { run: elasticRun({ id: "20261121T233001Z-k3f9qb" }) },
    { run: runRecord({ id: "20261121T233002Z-k3f9qc" }), jobs: [] },
  );
  expect(await query(store, "SELECT count(*) AS n FROM run_summary")).toEqual([{ n: 3 }]);
  const wide = `SELECT run_id, name, value FROM (
    UNPIVOT (SELECT * EXCLUDE (${conditions.slice(1).join(", ")}) FROM run_summary)
    ON COLUMNS(* EXCLUDE run_id) INTO NAME name VALUE value)`;
  const long = "SELECT run_id, name, value FROM metrics WHERE scope = 'run' AND value IS NOT NULL";
  expect(await query(store, `${wide} ORDER BY ALL`)).toEqual(
    await query(store, `${long} ORDER BY ALL`),
  );
});

test("a live run is told by its conditions in short", async () => {
  const spec = {
    topology: { nodes: { count: 2 }, pools: { gpu: {} }, network: { fabric: "slingshot-11" } },
    scheduler: { policy: { priority: { type: "multifactor" } } },
    workload: { kind: "trace", resample: 3 },
  };
  const pool = [
    nodeRecord("gpu01", "compute", 64, { pool: "gpu", gpus: 4, memoryMiB: 256 }),
    nodeRecord("node02", "compute", 4),
  ];
  const store = await storeOf({ run: runOf(spec), nodes: [...nodes, ...pool] });
  const [row] = await query(store, `SELECT ${conditions.join(", ")} FROM run_summary`);
  expect(row).toEqual({
    run_id: runId,
    origin: "live",
    experiment: "dev",
    tuple_hash: "tuple",
    repeat: 1,
    resample: 3,
    seed: 1,
    campaign: null,
    status: "completed",
    started_at: new Date(startedAt).toISOString(),
    finished_at: new Date(startedAt + 60_000).toISOString(),
    scheduler_kind: "slurm",
    scheduler_version: "24.11.5",
    policy_label: "multifactor, backfill",
    topology: "default 2 x 4 cores, 1024 MiB; gpu 1 x 64 cores, 256 MiB, 4 GPUs",
    fabric: "slingshot-11",
    network_scale: 1,
    capacity_cores: 4,
    workload: "trace bundled-seed1.swf, 3 jobs",
    domain: "lxc",
    emulated: false,
    clock_factor: 1,
    host_cpu_model: "a CPU",
    host_cores: 2,
    host_kernel: "6.1.0",
    audit: null,
    audit_failed: null,
  });
});

test("the workload is told by its kind, its log or model, and its number of jobs", async () => {
  const mixture = { real: { kind: "hpl", share: 1 }, wave: { kind: "elastic" } };
  const workloads: readonly [object, string][] = [
    [{ kind: "lublin", variant: "batch", jobs: 5 }, "lublin batch, 3 jobs"],
    [{ kind: "poisson" }, "poisson, 3 jobs"],
    [{ kind: "mixed", components: mixture }, "mixed real + wave, 3 jobs"],
    [{ kind: "elastic" }, "elastic bursts, 3 jobs"],
  ];
  const runs = workloads.map(([workload], index) => {
    const run = runOf({ workload }, { id: `20261121T23300${index}Z-k3f9qa` });
    return { run: { ...run, provenance: { ...run.provenance, traceName: null } } };
  });
  expect(
    await query(await storeOf(...runs), "SELECT workload FROM run_summary ORDER BY run_id"),
  ).toEqual(workloads.map(([, workload]) => ({ workload })));
});

test("a pool whose nodes come and go has its bounds, and emulated nodes are told", async () => {
  const compute = (name: string) => nodeRecord(name, "compute", 2, { pool: "nodes" });
  const emulated = {
    topology: { nodes: { emulated: { perDomain: 2, cores: 2, memory: "1GiB" } } },
  };
  const store = await storeOf(
    { run: elasticRun(), nodes: ["node01", "node02", "node03", "node04"].map(compute) },
    {
      run: runOf(emulated, { id: "20261121T233001Z-k3f9qb" }),
      nodes: [
        nodeRecord("host01", "host", 2, { pool: "nodes" }),
        ...["node01", "node02"].map(compute),
      ],
    },
  );
  expect(await query(store, "SELECT topology, emulated FROM run_summary ORDER BY run_id")).toEqual([
    { topology: "1..4 x 2 cores, 1024 MiB", emulated: false },
    { topology: "2 x 2 cores, 1024 MiB", emulated: true },
  ]);
});

test("an imported log is told by what is known of it", async () => {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  const log = logFile(`; MaxProcs: 4\n; UnixStartTime: 1000\n${line(1, 0)}\n${line(2, 5)}\n`);
  await importLog(log, store, { name: "site" });
  expect(
    await query(
      store,
      `SELECT origin, experiment, started_at, finished_at, scheduler_kind, policy_label, topology,
         workload, emulated, clock_factor, audit, n FROM run_summary`,
    ),
  ).toEqual([
    {
      origin: "imported",
      experiment: "site",
      started_at: "1970-01-01T00:16:40.000Z",
      finished_at: null,
      scheduler_kind: null,
      policy_label: null,
      topology: "4 cores",
      workload: `log ${path.basename(log)}, 2 jobs`,
      emulated: false,
      clock_factor: null,
      audit: null,
      n: 0,
    },
  ]);
});

test("the audit is as good as its worst check, and says which failed", async () => {
  const store = await storeOf({});
  const [{ content_hash: hash } = {}] = await query(store, "SELECT content_hash FROM runs");
  const check = (name: string, verdict: "passed" | "noted" | "failed" | "unknown") => ({
    ...{ check: name, verdict, figure: 1, limit: 2, unit: null, explanation: "why", touches: [] },
  });
  for (const [audit, outcome, failed] of [
    [[check("a", "passed")], "passed", []],
    [[check("a", "passed"), check("b", "noted")], "noted", []],
    [[check("a", "unknown"), check("b", "noted")], "unknown", []],
    [[check("b", "failed"), check("a", "failed"), check("c", "unknown")], "failed", ["a", "b"]],
  ] as const) {
    expect(await storeAudit(store, { runId, contentHash: String(hash) }, [...audit])).toBe(true);
    expect(await query(store, "SELECT audit, audit_failed FROM run_summary")).toEqual([
      { audit: outcome, audit_failed: failed },
    ]);
  }
});

test("a policy has the same label in SQL as everywhere else", async () => {
  const variant = fc.constantFrom("off", "basic", "priority").map((type) => ({ type }));
  // What the policies of each scheduler have.
  const policies = {
    slurm: fc.record({ preemption: variant, priority: variant, sched: variant }),
    kubernetes: fc.record({
      fairness: fc.constantFrom("none", "drf"),
      placement: fc.constantFrom("nodeorder", "binpack"),
      preemption: variant,
    }),
    flux: fc.record({
      fanOut: fc.constant(16),
      sched: fc.constantFrom({ type: "simple" }, { type: "fluxion", queuePolicy: "easy" }),
    }),
  };
  const all = Object.entries(policies).flatMap(([kind, drawn]) =>
    [
      parseSpec({ scheduler: { kind } }).scheduler.policy,
      ...fc.sample(drawn as fc.Arbitrary<object>, { numRuns: 30, seed: 1 }),
    ].map((policy) => ({ kind, text: canonicalJson(policy) })),
  );
  const store = path.join(temporaryDirectory(), "s.duckdb");
  await writeStore(store, async () => undefined);
  const values = all.map(({ text }) => `('${text}')`).join(", ");
  const found = await query(
    store,
    `SELECT policy_label(text) AS label FROM (VALUES ${values}) t(text)`,
  );
  expect(found.map(({ label }) => label)).toEqual(
    all.map(({ kind, text }) => policyLabel(kind, text)),
  );
});
