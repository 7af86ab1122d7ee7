import type { JobState } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";

/**
 * Why the scheduler may have cancelled a job that nobody else cancelled: another one, on whose good end it
 * depends, is over and did not complete. Null where there is none.
 */
export function unmetDependency(
  { after = [] }: Pick<WorkloadJob, "after">,
  finalState: (job: number) => JobState | undefined,
): string | null {
  for (const { type, job } of after) {
    const state = finalState(job);
    if (type === "afterok" && state !== undefined && state !== "completed") {
      return `job ${job}, on which it depends, did not complete`;
    }
  }
  return null;
}
