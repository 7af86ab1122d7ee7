import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { JobRecord, RunRecord } from "../../store/record";

/** The run's own record as it is now. */
export function runRecord(directory: string): RunRecord {
  return JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8"));
}

/** The jobs' last records; a line that is still being written is left out. */
export function jobRecords(directory: string): JobRecord[] {
  const file = path.join(directory, "jobs.jsonl");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  return [
    ...new Map(
      lines.map((line): JobRecord => JSON.parse(line)).map((job) => [job.job, job]),
    ).values(),
  ];
}

/** Asks for the names of those of a run's metrics that have no value. */
export const metricsWithoutValue = `SELECT name FROM metrics WHERE value IS NULL
  AND name NOT LIKE '%estimate%' AND reason <> 'the supply of this run could not change' ORDER BY name`;

/**
 * What metricsWithoutValue finds on a cluster without GPUs whose jobs ask for no memory. Whether a
 * question for estimates fell into a wait of these short jobs is chance, so estimates are not asked for.
 */
export const withoutGpusAndMemory = [
  "gpu_fragmentation_rate",
  "gpu_task_fragmentation_rate",
  "gpu_utilisation",
  "mean_gpu_fragmentation",
  "mean_largest_fit_gpus",
  "mean_largest_node_fit_gpus",
  "memory_utilisation",
].map((name) => ({ name }));
