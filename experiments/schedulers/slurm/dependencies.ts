import type { JobDependency } from "../dependency";

/** As sbatch and Slurm's library read it: all of them have to be met. */
export function dependencyList(after: readonly JobDependency[]): string {
  return after.map(({ type, schedulerJob }) => `${type}:${schedulerJob}`).join(",");
}
