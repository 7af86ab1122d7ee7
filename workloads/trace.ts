import path from "node:path";
import type { TraceWorkload } from "../spec/workload";
import { bundledTrace } from "./bundled";
import type { ClusterCapacity } from "./cluster";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { replayJobs } from "./replay";
import { SwfReading } from "./swf/read";

/** The jobs of a log, or of the bundled one. Throws SwfError, Failure. */
export function traceJobs(
  workload: TraceWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  return replayJobs(open(workload, options.directory), workload, cluster, options.report);
}

function open(workload: TraceWorkload, directory: string): SwfReading {
  if (workload.file === undefined) {
    const name = `bundled-seed${workload.seed}.swf`;
    return new SwfReading(bundledTrace(workload.jobs, workload.seed), "strict", name);
  }
  return new SwfReading(path.resolve(directory, workload.file), "strict");
}
