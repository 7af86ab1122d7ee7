import { cliffsDelta, pairedEffect } from "./effect-size";
import { onCommonLists, type Sample } from "./job-lists";
import { covariance, mean, variance } from "./moments";
import type { Interval } from "./quantile";
import { relativeInterval, type TwoMeans } from "./ratio";
import { studentQuantile } from "./student";

/** What can be said of the difference when some sources of variation are taken into account. */
export interface PairedInterval {
  /** Of the mean difference, in the figure's unit. */
  readonly difference: Interval;
  /** Of the difference by the first side's mean: 0.1 is a tenth more. A reason where it is unbounded. */
  readonly relative: Interval | string;
  /** Whether the interval of the difference leaves out 0, and on which side it is. */
  readonly evidence: "higher" | "lower" | "none";
  readonly degreesOfFreedom: number;
}

/** The second side against the first on the job lists that both have; differences are second − first. */
export interface PairedComparison {
  readonly jobLists: number;
  /** Job lists that only one side has. */
  readonly leftOut: number;
  /** The fewest repeats of a side on a common job list. */
  readonly repeats: number;
  /** Means over the job lists of the means over their repeats. */
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** By the first side's mean; null where that is 0. */
  readonly relative: number | null;
  /** For other jobs of the same kind: covers repeats and job lists. A reason with one list. */
  readonly overJobLists: PairedInterval | string;
  /** For these jobs alone: covers repeats. A reason where a side has a single repeat. */
  readonly overRepeats: PairedInterval | string;
  /** On how many job lists the second side's mean is higher, lower or equal. */
  readonly lists: { readonly higher: number; readonly lower: number; readonly equal: number };
  /** −1 to 1. */
  readonly cliffsDelta: number;
  readonly pairedEffect: number | string;
  /** Variance of the differences over the job lists; null with one. */
  readonly listVariance: number | null;
  /** Variance of a difference of two single runs of the same jobs; null where it is unknown. */
  readonly noiseVariance: number | null;
}

interface Side {
  readonly means: readonly number[];
  /** Of each list's mean, by the noise between its repeats. */
  readonly variances: readonly number[];
  readonly freedom: readonly number[];
}

/**
 * Compares two tuples on their common job lists; a reason when they have none. `confidence` is that of
 * each interval, such as 0.95. The intervals are Student's. Over job lists: of the paired differences of
 * the lists' means, with one degree of freedom less than there are lists. Over repeats: the lists are
 * taken as given, and the variances of their means are added up, with the degrees of freedom of Welch
 * and Satterthwaite. Sources: Box, Hunter, Hunter, Statistics for Experimenters, 2005, chapter 3;
 * Satterthwaite, Biometrics Bulletin 2(6), 1946.
 */
export function comparePaired(
  firstSample: Sample<number>,
  secondSample: Sample<number>,
  confidence: number,
): PairedComparison | string {
  const { samples, jobLists, leftOut } = onCommonLists([firstSample, secondSample]);
  const [firsts = [], seconds = []] = samples;
  if (jobLists.length === 0) return "the two sides have no job list in common";
  const [a, b] = [sideOf(firsts), sideOf(seconds)];
  const differences = b.means.map((value, index) => value - (a.means[index] ?? Number.NaN));
  const [first, second] = [mean(a.means), mean(b.means)];
  const counts = [...firsts, ...seconds].map(({ repeats }) => repeats.length);
  const noise = [...a.variances, ...b.variances].map(
    (value, index) => value * (counts[index] ?? 0),
  );
  const signs = differences.map(Math.sign);
  return {
    jobLists: jobLists.length,
    leftOut: leftOut.length,
    repeats: Math.min(...counts),
    first,
    second,
    difference: second - first,
    relative: first === 0 ? null : (second - first) / first,
    overJobLists: overJobLists(a, b, confidence),
    overRepeats: overRepeats(a, b, confidence),
    lists: {
      higher: signs.filter((sign) => sign > 0).length,
      lower: signs.filter((sign) => sign < 0).length,
      equal: signs.filter((sign) => sign === 0).length,
    },
    cliffsDelta: cliffsDelta(
      firsts.map(({ repeats }, index) => ({
        first: repeats,
        second: seconds[index]?.repeats ?? [],
      })),
    ),
    pairedEffect: pairedEffect(differences),
    listVariance: jobLists.length < 2 ? null : variance(differences),
    noiseVariance: noise.some(Number.isNaN) ? null : 2 * mean(noise),
  };
}

function sideOf(sample: Sample<number>): Side {
  return {
    means: sample.map(({ repeats }) => mean(repeats)),
    variances: sample.map(({ repeats }) => variance(repeats) / repeats.length),
    freedom: sample.map(({ repeats }) => repeats.length - 1),
  };
}

function overJobLists(a: Side, b: Side, confidence: number): PairedInterval | string {
  const lists = a.means.length;
  if (lists < 2) return "there is one common job list: what other jobs would change is unknown";
  return intervalOf(
    {
      first: mean(a.means),
      second: mean(b.means),
      firstVariance: variance(a.means) / lists,
      secondVariance: variance(b.means) / lists,
      covariance: covariance(a.means, b.means) / lists,
    },
    lists - 1,
    confidence,
  );
}

function overRepeats(a: Side, b: Side, confidence: number): PairedInterval | string {
  const freedoms = [...a.freedom, ...b.freedom];
  if (freedoms.includes(0)) {
    return "a side has a single repeat of a common job list: the noise between repeats is unknown";
  }
  const lists = a.means.length;
  const variances = [...a.variances, ...b.variances];
  const total = variances.reduce((sum, value) => sum + value, 0);
  const shares = variances.map((value, index) => value ** 2 / (freedoms[index] ?? Number.NaN));
  const freedom =
    total > 0
      ? total ** 2 / shares.reduce((sum, value) => sum + value, 0)
      : freedoms.reduce((sum, value) => sum + value, 0);
  return intervalOf(
    {
      first: mean(a.means),
      second: mean(b.means),
      firstVariance: mean(a.variances) / lists,
      secondVariance: mean(b.variances) / lists,
      covariance: 0,
    },
    freedom,
    confidence,
  );
}

function intervalOf(means: TwoMeans, freedom: number, confidence: number): PairedInterval {
  const critical = studentQuantile((1 + confidence) / 2, freedom);
  const { first, second, firstVariance, secondVariance } = means;
  // Below 0 only by rounding.
  const spread = Math.max(0, firstVariance + secondVariance - 2 * means.covariance);
  const half = critical * Math.sqrt(spread);
  const difference = { low: second - first - half, high: second - first + half };
  return {
    difference,
    relative: relativeInterval(means, critical),
    evidence: difference.low > 0 ? "higher" : difference.high < 0 ? "lower" : "none",
    degreesOfFreedom: freedom,
  };
}
