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
  if (workload.file === undefined) return bundledLog(workload.jobs, workload.seed);
  return new SwfReading(path.resolve(directory, workload.file), "strict");
}
