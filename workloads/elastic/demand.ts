/**
 * Cores that are wanted over time, as steps: `cores` from `at` on. Times are whole milliseconds from
 * the start of the replay, in ascending order; the first step is at 0, and nothing is wanted from `end`
 * on.
 */
export interface Demand {
  readonly steps: readonly DemandStep[];
  readonly end: number;
}

export interface DemandStep {
  readonly at: number;
  /** Whole. */
  readonly cores: number;
}

/**
 * Steps of any order and resolution as a demand: `at` in seconds, cores rounded to whole ones. Of several
 * steps within a millisecond the last counts; steps that change nothing and those beyond `end` are left
 * out.
 */
export function demandOf(
  steps: readonly { readonly at: number; readonly cores: number }[],
  end: number,
): Demand {
  const last = milliseconds(end);
  const levels = new Map([[0, 0]]);
  for (const { at, cores } of steps.toSorted((a, b) => a.at - b.at)) {
    levels.set(milliseconds(at), Math.round(cores));
  }
  const kept: DemandStep[] = [];
  for (const [at, cores] of levels) {
    if (at < last && cores !== kept.at(-1)?.cores) kept.push({ at, cores });
  }
  return { steps: kept, end: last };
}

export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
