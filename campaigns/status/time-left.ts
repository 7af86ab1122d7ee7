export interface TimedRun {
  readonly stack: string;
  readonly tuple: string;
  /** By the jobs alone. */
  readonly plannedSeconds: number;
  /** From start to finish; null while it has not completed. */
  readonly seconds: number | null;
  /** Still to come to its end; a run that is running counts whole. */
  readonly open: boolean;
}

/**
 * Seconds that the open runs take: each as long as the completed runs of its tuple on average, or else as
 * its jobs alone, by as much more as the completed runs took more than theirs. Clusters work side by side,
 * at most `atOnce`; the time that they take to come up and go down is not in it. Less than that it can
 * hardly be.
 */
export function timeLeft(runs: readonly TimedRun[], atOnce: number): number {
  const measured = new Map<string, number[]>();
  let took = 0;
  let planned = 0;
  for (const { tuple, seconds, plannedSeconds } of runs) {
    if (seconds === null) continue;
    took += seconds;
    planned += plannedSeconds;
    const others = measured.get(tuple);
    if (others === undefined) measured.set(tuple, [seconds]);
    else others.push(seconds);
  }
  const factor = planned > 0 ? took / planned : 1;
  const byStack = new Map<string, number>();
  for (const { stack, tuple, plannedSeconds, open } of runs) {
    if (!open) continue;
    const own = measured.get(tuple);
    const expected =
      own === undefined
        ? plannedSeconds * factor
        : own.reduce((sum, seconds) => sum + seconds, 0) / own.length;
    byStack.set(stack, (byStack.get(stack) ?? 0) + expected);
  }
  const sums = [...byStack.values()];
  const all = sums.reduce((sum, seconds) => sum + seconds, 0);
  return Math.max(all / Math.max(1, atOnce), ...sums, 0);
}
