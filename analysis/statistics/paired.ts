import {
  type Contrast,
  difference,
  type Estimate,
  logRatio,
  noiseOf,
  overJobLists,
  overRepeats,
  valuesOf,
} from "./contrast";
import { cliffsDelta, pairedEffect } from "./effect-size";
import { onCommonLists, type Sample } from "./job-lists";
import { mean, variance } from "./moments";
import type { Interval } from "./quantile";

/** What can be said of the difference when some sources of variation are taken into account. */
export interface PairedInterval {
  /** Of the mean difference, in the figure's unit. */
  readonly difference: Interval;
  /** Of the relative difference: 0.1 is a tenth more. A reason where a mean is 0. */
  readonly relative: Interval | string;
  /** Whether the interval of the difference leaves out 0, and on which side it is. */
  readonly evidence: "higher" | "lower" | "none";
  /** Of the interval of the difference. */
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
  /** Geometric mean over the job lists of second / first, less 1; null where a mean is 0. */
  readonly relative: number | null;
  /** For other jobs of the same kind: covers repeats and job lists. A reason with one list. */
  readonly overJobLists: PairedInterval | string;
  /** For these jobs alone: covers repeats. A reason where a side has a single repeat. */
  readonly overRepeats: PairedInterval | string;
  /** On how many job lists the second side's mean is higher, lower or equal. */
  readonly lists: { readonly higher: number; readonly lower: number; readonly equal: number };
  /** −1 to 1. */
  readonly cliffsDelta: number;
  /** Of the logarithms of second / first; a reason where it is unknown. */
  readonly pairedEffect: number | string;
  /** Of the logarithms of second / first over the job lists; null with one list, or where a mean is 0. */
  readonly listVariance: number | null;
  /** Of that logarithm for two single runs of the same jobs; null where it is unknown. */
  readonly noiseVariance: number | null;
}

const noRatio = "a side has a mean of 0, so that there is no ratio";

/**
 * Compares two tuples on their common job lists; a reason when they have none. `confidence` is that of
 * each interval, such as 0.95. Figures are not negative. Sources: Box, Hunter, Hunter, Statistics for
 * Experimenters, 2005, chapter 3; Satterthwaite, Biometrics Bulletin 2(6), 1946.
 */
export function comparePaired(
  firstSample: Sample<number>,
  secondSample: Sample<number>,
  confidence: number,
): PairedComparison | string {
  const { samples, jobLists, leftOut } = onCommonLists([firstSample, secondSample]);
  const [firsts = [], seconds = []] = samples;
  if (jobLists.length === 0) return "the two sides have no job list in common";
  const lists = firsts.map(({ repeats }, index) => ({
    first: repeats,
    second: seconds[index]?.repeats ?? [],
  }));
  const differences = valuesOf(lists, difference);
  const logs = valuesOf(lists, logRatio);
  const relative = Math.expm1(mean(logs));
  const known = logs.every(Number.isFinite);
  const first = mean(lists.map((list) => mean(list.first)));
  const second = mean(lists.map((list) => mean(list.second)));
  const signs = differences.map(Math.sign);
  return {
    jobLists: jobLists.length,
    leftOut: leftOut.length,
    repeats: Math.min(...lists.flatMap((list) => [list.first.length, list.second.length])),
    first,
    second,
    difference: second - first,
    relative: known ? relative : null,
    overJobLists: intervalOf(known, (contrast) =>
      overJobLists(valuesOf(lists, contrast), confidence),
    ),
    overRepeats: intervalOf(known, (contrast) => overRepeats(lists, contrast, confidence)),
    lists: {
      higher: signs.filter((sign) => sign > 0).length,
      lower: signs.filter((sign) => sign < 0).length,
      equal: signs.filter((sign) => sign === 0).length,
    },
    cliffsDelta: cliffsDelta(lists),
    pairedEffect: known ? pairedEffect(logs) : noRatio,
    listVariance: known && lists.length > 1 ? variance(logs) : null,
    noiseVariance: known ? noiseOf(lists, logRatio) : null,
  };
}

function intervalOf(
  known: boolean,
  estimate: (contrast: Contrast) => Estimate | string,
): PairedInterval | string {
  const found = estimate(difference);
  if (typeof found === "string") return found;
  const { low, high, degreesOfFreedom } = found;
  const logs = known ? estimate(logRatio) : noRatio;
  return {
    difference: { low, high },
    relative:
      typeof logs === "string" ? logs : { low: Math.expm1(logs.low), high: Math.expm1(logs.high) },
    evidence: low > 0 ? "higher" : high < 0 ? "lower" : "none",
    degreesOfFreedom,
  };
}
