import type { ExperimentSpec } from "../spec/spec";
import { workloadCluster } from "../workloads/cluster";
import type { PlannedWorkload } from "../workloads/planned";
import { workloadJobs } from "../workloads/workload";
import type { ClusterPlan } from "./plan";

/**
 * Plans the workload for this cluster before anything is made, so that a missing trace, a bad line
 * in it or a job that could never start costs no cluster.
 * @throws Failure, SwfError with line and field.
 */
export function checkWorkload(spec: ExperimentSpec, plan: ClusterPlan): Promise<PlannedWorkload> {
  return workloadJobs(spec.workload, workloadCluster(spec.topology, plan.nodes, plan.partitions));
}
