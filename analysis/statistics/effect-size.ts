import type { ListPair } from "./contrast";
import { mean, variance } from "./moments";

/**
 * Cliff's delta on common job lists: on a list, the share of the pairs of repeats in which the second
 * side is greater less the share in which it is less; then the mean over the lists. −1 to 1; 0: no
 * tendency. It is 2·Â₁₂ − 1 of Vargha and Delaney, which Arcuri and Briand (ICSE 2011) recommend for
 * randomised experiments: it assumes no distribution and stays readable where the noise is tiny.
 * Source: Cliff, Psychological Bulletin 114(3), 1993.
 */
export function cliffsDelta(lists: readonly ListPair[]): number {
  return mean(
    lists.map(({ first, second }) =>
      mean(first.flatMap((a) => second.map((b) => Math.sign(b - a)))),
    ),
  );
}

/**
 * Cohen's d_z of paired differences: their mean by their standard deviation, with Hedges' correction
 * 1 − 3 / (4 (n − 1) − 1) for few pairs. It is the effect from which the number of job lists that are
 * needed follows. A reason where it is unknown. Sources: Cohen, Statistical Power Analysis, 1988,
 * section 2.3.5; Hedges, J. Educational Statistics 6(2), 1981.
 */
export function pairedEffect(differences: readonly number[]): number | string {
  const pairs = differences.length;
  // With two pairs the correction would be 0: their deviation says nothing of the size of an effect.
  if (pairs < 3) return "there are fewer than three common job lists";
  const deviation = Math.sqrt(variance(differences));
  if (deviation === 0) return "the difference is the same on every job list";
  return ((1 - 3 / (4 * (pairs - 1) - 1)) * mean(differences)) / deviation;
}
