import { mean, variance } from "./moments";
import type { Interval } from "./quantile";
import { studentQuantile } from "./student";

/** What is compared on one job list: a function of the two sides' means, with its derivatives. */
export interface Contrast {
  readonly of: (first: number, second: number) => number;
  readonly byFirst: (first: number) => number;
  readonly bySecond: (second: number) => number;
}

/** In the figure's unit. */
export const difference: Contrast = {
  of: (first, second) => second - first,
  byFirst: () => 1,
  bySecond: () => 1,
};

/**
 * ln(second / first), so that every job list counts alike, however large its figures are. Its variance is
 * s² / (n · mean²) for each side. Two means of 0 are equal. Sources: Fleming and Wallace, CACM 29(3), 1986;
 * Hedges, Gurevitch, Curtis, Ecology 80(4), 1999.
 */
export const logRatio: Contrast = {
  of: (first, second) => (first === second ? 0 : Math.log(second / first)),
  byFirst: (first) => (first === 0 ? 0 : 1 / first),
  bySecond: (second) => (second === 0 ? 0 : 1 / second),
};

/** The repeats of both sides on one job list. */
export interface ListPair {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

export interface Estimate extends Interval {
  readonly degreesOfFreedom: number;
}

/** Of the contrast, for each job list. */
export function valuesOf(lists: readonly ListPair[], contrast: Contrast): number[] {
  return lists.map(({ first, second }) => contrast.of(mean(first), mean(second)));
}

/** Student's interval of the mean over job lists, from its spread over them; a reason with one list. */
export function overJobLists(values: readonly number[], confidence: number): Estimate | string {
  if (values.length < 2) {
    return "there is one common job list: what other jobs would change is unknown";
  }
  const freedom = values.length - 1;
  return around(mean(values), variance(values) / values.length, freedom, confidence);
}

/**
 * The interval of the mean over these job lists from the noise between their repeats, with the degrees of
 * freedom of Welch and Satterthwaite; a reason where a side has a single repeat of a list.
 */
export function overRepeats(
  lists: readonly ListPair[],
  contrast: Contrast,
  confidence: number,
): Estimate | string {
  const parts = lists.flatMap((list) => noiseParts(list, contrast));
  if (parts.some(({ freedom }) => freedom === 0)) {
    return "a side has a single repeat of a common job list: the noise between repeats is unknown";
  }
  const total = parts.reduce((sum, part) => sum + part.ofMean, 0);
  const freedom =
    total > 0
      ? total ** 2 / parts.reduce((sum, part) => sum + part.ofMean ** 2 / part.freedom, 0)
      : parts.reduce((sum, part) => sum + part.freedom, 0);
  const centre = mean(valuesOf(lists, contrast));
  return around(centre, total / lists.length ** 2, freedom, confidence);
}

/** Variance of the contrast of two single runs, a mean over the job lists; null where it is unknown. */
export function noiseOf(lists: readonly ListPair[], contrast: Contrast): number | null {
  const parts = lists.flatMap((list) => noiseParts(list, contrast));
  const noise = parts.reduce((sum, part) => sum + part.ofRun, 0) / lists.length;
  return Number.isFinite(noise) ? noise : null;
}

/** What the noise of each side adds to the variance of the contrast. */
function noiseParts({ first, second }: ListPair, contrast: Contrast) {
  return [
    { values: first, slope: contrast.byFirst(mean(first)) },
    { values: second, slope: contrast.bySecond(mean(second)) },
  ].map(({ values, slope }) => {
    const ofRun = slope ** 2 * variance(values);
    return { ofRun, ofMean: ofRun / values.length, freedom: values.length - 1 };
  });
}

function around(
  centre: number,
  meanVariance: number,
  freedom: number,
  confidence: number,
): Estimate {
  const half = studentQuantile((1 + confidence) / 2, freedom) * Math.sqrt(meanVariance);
  return { low: centre - half, high: centre + half, degreesOfFreedom: freedom };
}
