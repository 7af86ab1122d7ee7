import { studentQuantile } from "./student";

export interface Wanted {
  /** The difference that has to be told from none, in the unit of whose square the variances are; above 0. */
  readonly difference: number;
  /** Of the two-sided interval that has to leave it out, such as 0.95. */
  readonly confidence: number;
  /** The probability with which it does so if the difference is there, such as 0.8. */
  readonly power: number;
}

/** Nobody runs more; such numbers say that another question has to be asked. */
const most = 1_000_000;

/**
 * Job lists needed to tell two tuples apart for other jobs of the same kind: the least n ≥ 2 with
 * (t[(1 + confidence) / 2; n − 1] + t[power; n − 1])² · s² / n ≤ difference², where s² (`listVariance`) is
 * the variance of the paired differences over the lists. Solved with Student's t instead of the normal
 * distribution, this is within one list of the exact power by the noncentral t (the tests compare them).
 * A reason where a million are not enough. Source: Cohen, Statistical Power Analysis, 1988, chapter 2.
 */
export function jobListsNeeded(listVariance: number, wanted: Wanted): number | string {
  return least(2, (lists) => tells(listVariance / lists, lists - 1, wanted));
}

/**
 * Repeats of each side on each of the given job lists, so that the difference is told for these jobs
 * alone: the least r ≥ 2 with (t + t)² · σ² / (lists · r) ≤ difference², at 2 · lists · (r − 1) degrees of
 * freedom. σ² (`noiseVariance`) is the variance of a difference of two single runs.
 */
export function repeatsNeeded(
  noiseVariance: number,
  lists: number,
  wanted: Wanted,
): number | string {
  return least(2, (repeats) =>
    tells(noiseVariance / (lists * repeats), 2 * lists * (repeats - 1), wanted),
  );
}

/**
 * Repeats on each of the given job lists, so that the difference is told for other jobs: like
 * `jobListsNeeded` with s² = τ² + σ² / r, where τ² (`betweenLists`) is what the differences vary by
 * without noise. A reason where the lists are too few, however often they are run. Source: Kalibera and
 * Jones, Rigorous Benchmarking in Reasonable Time, ISMM 2013.
 */
export function repeatsOfListsNeeded(
  { betweenLists, noiseVariance }: { betweenLists: number; noiseVariance: number },
  lists: number,
  wanted: Wanted,
): number | string {
  const tooFew = `${lists} job lists are too few, however often they are run`;
  if (!tells(betweenLists / lists, lists - 1, wanted)) return tooFew;
  return least(1, (repeats) =>
    tells((betweenLists + noiseVariance / repeats) / lists, lists - 1, wanted),
  );
}

/** Whether an interval from a mean with this variance tells the difference with the power that is wanted. */
function tells(meanVariance: number, freedom: number, wanted: Wanted): boolean {
  const { difference, confidence, power } = wanted;
  const quantiles =
    studentQuantile((1 + confidence) / 2, freedom) + studentQuantile(power, freedom);
  return quantiles ** 2 * meanVariance <= difference ** 2;
}

/** The least number from `from` on that is enough; what is enough stays so for greater ones. */
function least(from: number, enough: (count: number) => boolean): number | string {
  let [low, high] = [from - 1, from];
  while (!enough(high)) {
    if (high >= most) return `more than ${most.toLocaleString("en")} would be needed`;
    [low, high] = [high, Math.min(most, 2 * high)];
  }
  while (high - low > 1) {
    const centre = Math.floor((low + high) / 2);
    if (enough(centre)) high = centre;
    else low = centre;
  }
  return high;
}
