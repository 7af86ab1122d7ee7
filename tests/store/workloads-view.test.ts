import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { canonicalJson } from "../../base/canonical-json";
import { parseSpec } from "../../spec/parse";
import { importLog } from "../../store/import";
import { loadRun } from "../../store/load";
import { workloadJobs } from "../../workloads/workload";
import { line, logFile } from "../workloads/swf-fixture";
import { jobRecord, runRecord, temporaryDirectory, writeRun } from "./run-fixture";

const cluster = { capacityCores: 4, largestNodeCores: 2, memoryPerCoreMiB: 256, gpus: 0 };

/** A store with one run of each of these workloads, which are called by their places. */
async function storeOf(workloads: readonly object[]): Promise<string> {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  for (const [index, workload] of workloads.entries()) {
    const spec = parseSpec({ workload });
    const { jobs, trace } = await workloadJobs(spec.workload, cluster);
    const run = runRecord({ id: `20261121T23300${index}Z-k3f9qa` });
    const provenance = {
      ...run.provenance,
      specJson: canonicalJson(spec),
      traceHash: trace?.hash ?? null,
      seed: spec.workload.seed,
    };
    const records = jobs.map((planned) => ({
      ...jobRecord(planned.id, planned.user, planned.cores, [planned.submitSeconds, null, null]),
      planned,
    }));
    const directory = temporaryDirectory();
    await loadRun(writeRun(directory, { run: { ...run, provenance }, jobs: records }), store);
  }
  return store;
}

/** For each run, the place of the first one with the same value. */
async function alike(store: string, column: string): Promise<number[]> {
  const rows = await query(store, "SELECT * FROM run_workloads ORDER BY run_id");
  return rows.map((row) => rows.findIndex((other) => other[column] === row[column]));
}

test("repeats share one job list; resamples and seeds share their source", async () => {
  const model = { kind: "lublin", jobs: 20 };
  const store = await storeOf([
    model,
    model,
    { ...model, resample: 0 },
    { ...model, resample: 1 },
    { ...model, resample: { method: "shake", number: 1 } },
    { ...model, seed: 2 },
    { ...model, variant: "interactive" },
  ]);
  expect(await alike(store, "job_list")).toEqual([0, 0, 0, 3, 4, 5, 6]);
  expect(await alike(store, "source")).toEqual([0, 0, 0, 0, 0, 0, 6]);
  const rows = await query(
    store,
    "SELECT seed, resample_method, resample FROM run_workloads ORDER BY run_id",
  );
  expect(rows[0]).toEqual({ seed: 1, resample_method: null, resample: 0 });
  expect(rows[3]).toEqual({ seed: 1, resample_method: "users", resample: 1 });
  expect(rows[4]).toEqual({ seed: 1, resample_method: "shake", resample: 1 });
  expect(rows[5]).toEqual({ seed: 2, resample_method: null, resample: 0 });
});

test("an imported log is a source of its own, drawn from nothing", async () => {
  const lines = Array.from({ length: 20 }, (_, index) => line(index + 1, index * 10, 10 + index));
  const file = logFile(`; MaxProcs: 4\n${lines.join("\n")}\n`);
  const store = await storeOf([
    { file, jobs: 5 },
    { file, jobs: 5, resample: 2 },
  ]);
  expect(await alike(store, "source")).toEqual([0, 0]);
  const { runId } = await importLog(file, store, { name: "log" });
  const [imported] = await query(
    store,
    `SELECT source = trace_hash AS own, run_workloads.seed, resample, job_list IS NULL AS no_list
     FROM run_workloads JOIN runs USING (run_id) WHERE run_id = '${runId}'`,
  );
  expect(imported).toEqual({ own: true, seed: null, resample: 0, no_list: false });
});
