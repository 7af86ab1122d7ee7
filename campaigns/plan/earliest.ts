import type { WorkloadJob } from "../../workloads/job";

/**
 * When each job can be submitted, or handed over, at the earliest: seconds from the start of the replay, in
 * the order of the jobs. A job that follows another, or depends on it, comes as if that one had not waited.
 */
export function earliestSubmits(jobs: readonly WorkloadJob[]): number[] {
  const ends = new Map<number, number>();
  return jobs.map(({ id, submitSeconds, runSeconds, limitSeconds, previous, after = [] }) => {
    const follows = previous && ends.get(previous.job);
    const due = follows === undefined ? submitSeconds : follows + (previous?.thinkSeconds ?? 0);
    const submit = Math.max(due, ...after.map(({ job }) => ends.get(job) ?? 0));
    // The scheduler ends a job at its limit.
    ends.set(id, submit + Math.min(runSeconds, limitSeconds));
    return submit;
  });
}
