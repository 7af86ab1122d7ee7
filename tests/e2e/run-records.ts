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
