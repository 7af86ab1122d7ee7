import path from "node:path";
import type { TraceWorkload } from "../spec/workload";
import { bundledLog } from "./bundled";
import type { ClusterCapacity } from "./cluster";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { replayJobs } from "./replay";
import type { JobLog } from "./swf/log";
import { SwfReading } from "./swf/read";

/** The jobs of a log, or of the bundled one. Throws SwfError, Failure. */
export function traceJobs(
  workload: TraceWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  return replayJobs(open(workload, options.directory), workload, cluster, options.report);
}

function open(workload: TraceWorkload, directory: string): JobLog {
  if (workload.file === undefined) return bundledLog(numberOf(workload.jobs), workload.seed);
  return new SwfReading(path.resolve(directory, workload.file), "strict");
}

/** The validation has refused `all` of the bundled trace. */
function numberOf(jobs: TraceWorkload["jobs"]): number {
  if (jobs === "all") throw new RangeError("the bundled trace has as many jobs as are asked for");
  return jobs;
}
