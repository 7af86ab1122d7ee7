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
  const { count, submit, size, run, unit } = jobColumns(jobs, procs);
  if (count === 0) return null;
  // In ticks of a processor, whole numbers beyond what a double holds: the bound of a schedule that
  // reaches it may not pass its makespan by a rounding error.
  const machine = BigInt(procs);
  let latest: bigint | null = null;
  let work = 0n;
  let large = 0n;
  for (let job = count - 1; job >= 0; job -= 1) {
    const time = BigInt(run[job] ?? 0);
    const width = size[job] ?? 0;
    work += BigInt(width) * time;
    if (2 * width > procs) large += time;
    const longest = time > large ? time : large;
    const busy = work > longest * machine ? work : longest * machine;
    const end = BigInt(submit[job] ?? 0) * machine + busy;
    if (latest === null || end > latest) latest = end;
  }
  const first = BigInt(submit[0] ?? 0) * machine;
  return quotient((latest ?? first) - first, machine * BigInt(unit.perSecond));
}

/** The double nearest to the quotient of two whole numbers, of which the second is above 0. */
function quotient(dividend: bigint, divisor: bigint): number {
  // 64 bits more than the divisor has leave more bits than a double keeps; the last one says whether
  // anything is left over.
  const shift = 64 + divisor.toString(2).length;
  const scaled = dividend << BigInt(shift);
  const whole = scaled / divisor;
  const rest = scaled % divisor === 0n ? 0n : 1n;
  return Number(whole | rest) / 2 ** shift;
}
