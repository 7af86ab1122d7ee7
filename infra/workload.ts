import { type PlannedWorkload, workloadJobs } from "../experiments/workloads/workload";
import type { ClusterPlan } from "./plan";
import type { ExperimentSpec } from "./spec/spec";

/**
 * Plans the workload for this cluster before anything is made, so that a missing trace, a bad line
 * in it or a job that could never start costs no cluster.
 * @throws Failure, SwfError with line and field.
 */
export function checkWorkload(spec: ExperimentSpec, plan: ClusterPlan): Promise<PlannedWorkload> {
  const compute = plan.nodes.filter(({ role }) => role === "compute");
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return workloadJobs(spec.workload, {
    capacityCores: sum(compute.map(({ vcpus }) => vcpus)),
    largestNodeCores: Math.max(...compute.map(({ vcpus }) => vcpus)),
    gpus: sum(compute.map(({ gpus }) => gpus)),
  });
}
