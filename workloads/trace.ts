import path from "node:path";
import type { TraceWorkload } from "../spec/workload";
import { readingOf } from "./bad-rows";
import { bundledLog } from "./bundled";
import type { ClusterCapacity } from "./cluster";
import { openLog } from "./logs/open";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { replayJobs } from "./replay";

/** The jobs of a log of whatever format, or of the bundled one. Throws Failure. */
export async function traceJobs(
  workload: TraceWorkload,
  cluster: ClusterCapacity,
  { directory, report }: WorkloadOptions,
): Promise<PlannedWorkload> {
  if (workload.file === undefined) {
    const log = bundledLog(numberOf(workload.jobs), workload.seed);
    return replayJobs(log, workload, cluster, report);
  }
  const file = path.resolve(directory, workload.file);
  const reading = readingOf(workload.badRows, "workload.badRows");
  const options = { ...reading, format: workload.format, directory };
  return openLog(file, options, async ({ log, swf, why }) => {
    if (swf === null) report?.(`${workload.file}: read as ${why}`);
    return replayJobs(log, workload, cluster, report);
  });
}

/** The validation has refused `all` of the bundled trace. */
function numberOf(jobs: TraceWorkload["jobs"]): number {
  if (jobs === "all") throw new RangeError("the bundled trace has as many jobs as are asked for");
  return jobs;
}
