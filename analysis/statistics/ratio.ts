import type { Interval } from "./quantile";

/** Two means with the variances and the covariance of the means themselves. */
export interface TwoMeans {
  readonly first: number;
  readonly second: number;
  readonly firstVariance: number;
  readonly secondVariance: number;
  readonly covariance: number;
}

/**
 * Interval of second / first − 1 by Fieller's theorem: the ratios ρ for which second − ρ · first is
 * within `critical` standard errors of 0. A reason where the interval is unbounded. Sources: Fieller,
 * J. Royal Statistical Society B 16(2), 1954; for speed-ups: Kalibera and Jones, ISMM 2013.
 */
export function relativeInterval(means: TwoMeans, critical: number): Interval | string {
  const { first, second, firstVariance, secondVariance, covariance } = means;
  const square = critical ** 2;
  const a = first ** 2 - square * firstVariance;
  if (first === 0) return "the mean of the baseline is 0";
  if (!(a > 0)) return "the mean of the baseline cannot be told from 0";
  const half = first * second - square * covariance;
  const c = second ** 2 - square * secondVariance;
  // Below 0 only by rounding: where a > 0, the observed ratio itself solves the inequality.
  const root = Math.sqrt(Math.max(0, half ** 2 - a * c));
  return { low: (half - root) / a - 1, high: (half + root) / a - 1 };
}
