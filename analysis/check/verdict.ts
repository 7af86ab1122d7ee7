import type { PairedComparison, PairedInterval } from "../statistics/paired";
import type { Interval } from "../statistics/quantile";
import type { Direction } from "./directions";
import { type Needed, needed, type Precision } from "./needed";

export interface Limits extends Precision {
  /** The regression that is put up with, as a share of the baseline: 0.05 is 5 %. */
  readonly maxRegression: number;
  /** Judge for the common job lists alone, even where there are several. */
  readonly theseJobs: boolean;
}

export type Outcome = "no worse" | "worse" | "cannot tell";

export interface Verdict {
  readonly outcome: Outcome;
  /** Whom the verdict holds for. */
  readonly claim: "these jobs" | "other jobs of the same kind";
  /** Share of the baseline by which the candidate is worse; below 0 where it is better. Null: unknown. */
  readonly regression: number | null;
  /** Of the regression. Null: unknown. */
  readonly interval: Interval | null;
  /** Why the outcome is not known from the interval of the regression. */
  readonly reason: string | null;
  /** What it takes to tell; null where the outcome is told. */
  readonly needed: Needed | null;
}

/**
 * A test of non-inferiority and of inferiority by one interval of the regression: no worse where all of it
 * is within the limit, worse where all of it is beyond, else it cannot be told. The interval covers job
 * lists where there are several, unless only these jobs are asked about. Source: Piaggio et al., CONSORT
 * extension for noninferiority and equivalence trials, JAMA 308(24), 2012.
 */
export function judge(comparison: PairedComparison, direction: Direction, limits: Limits): Verdict {
  const these = limits.theseJobs || comparison.jobLists === 1;
  const claim = these ? "these jobs" : "other jobs of the same kind";
  const sign = direction === "lower" ? 1 : -1;
  const regression = comparison.relative === null ? null : sign * comparison.relative;
  const found = these ? comparison.overRepeats : comparison.overJobLists;
  const told = (outcome: Outcome, interval: Interval | null, reason: string | null): Verdict => ({
    outcome,
    claim,
    regression,
    interval,
    reason,
    needed:
      outcome === "cannot tell"
        ? needed(comparison, inLogarithms(comparison, sign, limits), limits, these)
        : null,
  });
  if (typeof found === "string") return told("cannot tell", null, found);
  const { relative } = found;
  if (typeof relative === "string")
    return told(byDifference(comparison, found, sign), null, relative);
  const interval = turned(relative, sign);
  if (interval.high <= limits.maxRegression) return told("no worse", interval, null);
  if (interval.low > limits.maxRegression) return told("worse", interval, null);
  return told("cannot tell", interval, null);
}

/** Nothing is too bad for a limit of 100 % or more where more is better. */
function inLogarithms({ relative }: PairedComparison, sign: 1 | -1, { maxRegression }: Limits) {
  return {
    limit: Math.log1p(Math.max(-1, sign * maxRegression)),
    observed: relative === null ? null : Math.log1p(relative),
  };
}

/** Without a share of the baseline: getting better is no regression, and anything is more than 0. */
function byDifference({ first }: PairedComparison, found: PairedInterval, sign: 1 | -1): Outcome {
  const { low, high } = turned(found.difference, sign);
  if (high <= 0) return "no worse";
  return first === 0 && low > 0 ? "worse" : "cannot tell";
}

function turned({ low, high }: Interval, sign: 1 | -1): Interval {
  return sign === 1 ? { low, high } : { low: -high, high: -low };
}
