import { jobColumns, type SimJob } from "./job";

/**
 * Seconds from the first submission that no schedule of rigid jobs can beat: the greatest of
 * - the latest submit + run of a job,
 * - for every submission: the work (size · run) of it and all later ones, spread over all processors,
 * - for every submission: the run times of it and all later ones that need more than half of the
 *   machine, since no two of them run together.
 * Null without jobs. Throws Failure for a job that the machine cannot hold.
 */
export function makespanBound(jobs: readonly SimJob[], procs: number): number | null {
  const { count, submit, size, run } = jobColumns(jobs, procs);
  if (count === 0) return null;
  let latest = Number.NEGATIVE_INFINITY;
  let work = 0;
  let large = 0;
  for (let job = count - 1; job >= 0; job -= 1) {
    const time = run[job] ?? 0;
    const width = size[job] ?? 0;
    work += width * time;
    if (2 * width > procs) large += time;
    latest = Math.max(latest, (submit[job] ?? 0) + Math.max(time, work / procs, large));
  }
  return latest - (submit[0] ?? 0);
}
