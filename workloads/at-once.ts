import type { ClusterCapacity } from "./cluster";
import type { WorkloadJob } from "./job";

type Job = Pick<WorkloadJob, "submitSeconds" | "runSeconds" | "cores">;

/**
 * Jobs that can run at the same time at most. As long as the cluster holds all that are due, no job waits
 * and the schedule says how many there are; otherwise they are as many as fit into its cores.
 */
export function mostAtOnce(
  jobs: readonly Job[],
  { capacityCores }: Pick<ClusterCapacity, "capacityCores">,
): number {
  const changes = jobs
    .flatMap(({ submitSeconds, runSeconds, cores }) => [
      { at: submitSeconds, jobs: 1, cores },
      { at: submitSeconds + runSeconds, jobs: -1, cores: -cores },
    ])
    // A job that begins just as another ends may begin before it.
    .sort((one, other) => one.at - other.at || other.jobs - one.jobs);
  let [running, busy, most] = [0, 0, 0];
  for (const change of changes) {
    running += change.jobs;
    busy += change.cores;
    if (busy > capacityCores) return fitting(jobs, capacityCores);
    most = Math.max(most, running);
  }
  return most;
}

/** The smallest first. */
function fitting(jobs: readonly Job[], capacityCores: number): number {
  let free = capacityCores;
  let count = 0;
  for (const cores of jobs.map((job) => job.cores).sort((one, other) => one - other)) {
    free -= cores;
    if (free < 0) break;
    count += 1;
  }
  return count;
}
