import type { QueuedJob } from "../adapter";
import { ownJob, schedulerJobName } from "./names";
import { isFinal, type VolcanoJob } from "./objects";

/** Jobs that wait, run or are being taken down. */
export function queuedJobs(jobs: readonly VolcanoJob[]): QueuedJob[] {
  return jobs
    .filter((job) => !isFinal(job))
    .map(({ metadata, status }) => {
      const own = ownJob(metadata);
      const deleting = metadata.deletionTimestamp != null;
      return {
        schedulerJob: schedulerJobName(metadata.namespace, metadata.name),
        // A user's jobs are in the namespace of the same name.
        user: metadata.namespace,
        run: own?.run ?? null,
        job: own?.job ?? null,
        state: deleting ? "Deleting" : status.state.phase || "New",
      };
    });
}
