import type { PairedComparison } from "../statistics/paired";
import {
  jobListsNeeded,
  repeatsNeeded,
  repeatsOfListsNeeded,
  type Wanted,
} from "../statistics/repeats-needed";

/** Of the intervals, and the probability with which what is called for is enough. */
export type Precision = Pick<Wanted, "confidence" | "power">;

/** Either would do. */
export interface Needed {
  /** Repeats of each side on each of the common job lists. */
  readonly repeats: number | string;
  /** Common job lists, each run as often as now. A reason where only these jobs are asked about. */
  readonly jobLists: number | string;
  /** The true difference for which the numbers hold. */
  readonly assuming: "no difference" | "the observed difference";
}

/**
 * What it takes to tell with the power that is wanted, if the variances are those observed: first so that
 * a candidate equal to the baseline is found no worse. This does not depend on the difference that
 * happened to be observed (Hoenig and Heisey, The American Statistician 55(1), 2001). Where there are
 * already as many, the observed difference is too close to the limit: then so that it is told from the
 * limit. All in logarithms of candidate / baseline: `limit` is the one that is still put up with, and
 * `observed` null where it is unknown.
 */
export function needed(
  comparison: PairedComparison,
  { limit, observed }: { readonly limit: number; readonly observed: number | null },
  precision: Precision,
  theseJobs: boolean,
): Needed {
  const { jobLists, repeats } = comparison;
  const plan = (difference: number) =>
    numbers(comparison, { ...precision, difference: Math.abs(difference) }, theseJobs);
  const planned = plan(limit);
  const [wanted, present] = theseJobs ? [planned.repeats, repeats] : [planned.jobLists, jobLists];
  const enough = limit === 0 || (typeof wanted === "number" && wanted <= present);
  if (!enough || observed === null) return { ...planned, assuming: "no difference" };
  const closer = plan(observed - limit);
  // Unequal numbers of repeats may make the equal ones of a plan look like enough.
  const more = (count: number | string, than: number) =>
    typeof count === "number" ? Math.max(count, than + 1) : count;
  return {
    repeats: more(closer.repeats, repeats),
    jobLists: more(closer.jobLists, jobLists),
    assuming: "the observed difference",
  };
}

function numbers(
  { jobLists, repeats, listVariance, noiseVariance }: PairedComparison,
  wanted: Wanted,
  theseJobs: boolean,
): Pick<Needed, "repeats" | "jobLists"> {
  const unknownNoise =
    "the noise between repeats is unknown: run each job list at least three times";
  if (!(wanted.difference > 0)) {
    const none = "the difference to be told is 0";
    return { repeats: none, jobLists: none };
  }
  if (theseJobs || listVariance === null) {
    return {
      repeats:
        noiseVariance === null ? unknownNoise : repeatsNeeded(noiseVariance, jobLists, wanted),
      jobLists: "only these jobs are asked about",
    };
  }
  const betweenLists = Math.max(0, listVariance - (noiseVariance ?? 0) / repeats);
  return {
    repeats:
      noiseVariance === null
        ? unknownNoise
        : repeatsOfListsNeeded({ betweenLists, noiseVariance }, jobLists, wanted),
    jobLists: jobListsNeeded(listVariance, wanted),
  };
}
