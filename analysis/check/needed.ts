import type { PairedComparison } from "../statistics/paired";
import {
  jobListsNeeded,
  repeatsNeeded,
  repeatsOfListsNeeded,
  type Wanted,
} from "../statistics/repeats-needed";
import type { Limits } from "./verdict";

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
 * limit.
 */
export function needed(
  comparison: PairedComparison,
  regression: number | null,
  limits: Limits,
  theseJobs: boolean,
): Needed {
  const { first, jobLists, repeats } = comparison;
  const plan = (share: number) => numbers(comparison, share * Math.abs(first), limits, theseJobs);
  const planned = plan(limits.maxRegression);
  const [wanted, present] = theseJobs ? [planned.repeats, repeats] : [planned.jobLists, jobLists];
  const enough = limits.maxRegression === 0 || (typeof wanted === "number" && wanted <= present);
  if (!enough || regression === null) return { ...planned, assuming: "no difference" };
  const closer = plan(Math.abs(regression - limits.maxRegression));
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
  difference: number,
  { confidence, power }: Limits,
  theseJobs: boolean,
): Pick<Needed, "repeats" | "jobLists"> {
  const wanted: Wanted = { difference, confidence, power };
  const unknownNoise =
    "the noise between repeats is unknown: run each job list at least three times";
  if (!(difference > 0)) {
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
