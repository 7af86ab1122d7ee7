import type { ExperimentSpec } from "../spec/spec";
import { workloadCluster } from "../workloads/cluster";
import type { PlannedWorkload } from "../workloads/planned";
import { scheduledJobs } from "../workloads/scheduled";
import type { ClusterPlan } from "./plan";

/**
 * Plans the workload for this cluster before anything is made, so that a missing trace, a bad line
 * in it, a job that could never start, or one that the scheduler cannot express costs no cluster.
 * @throws Failure, SwfError with line and field.
 */
export function checkWorkload(spec: ExperimentSpec, plan: ClusterPlan): Promise<PlannedWorkload> {
  return scheduledJobs(spec, workloadCluster(spec.topology, plan.nodes, plan.partitions));
}
