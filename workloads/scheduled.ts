import type { ExperimentSpec } from "../spec/spec";
import { askedFor, unexpressed } from "./asked";
import type { ClusterCapacity } from "./cluster";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { workloadJobs } from "./workload";

/**
 * The jobs of an experiment, which are the same for every scheduler, with a note for each thing that its own
 * cannot be asked for. Throws as `workloadJobs` does, and Failure where jobs would have to run without something
 * that the user has said they keep.
 */
export async function scheduledJobs(
  spec: Pick<ExperimentSpec, "scheduler" | "topology" | "workload">,
  cluster: ClusterCapacity,
  options: Partial<WorkloadOptions> = {},
): Promise<PlannedWorkload> {
  const planned = await workloadJobs(spec.workload, cluster, options);
  const without = unexpressed(askedFor(planned.jobs), spec);
  return { ...planned, notes: [...planned.notes, ...without] };
}
