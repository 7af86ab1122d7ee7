import { onCommonLists, type Sample } from "../statistics/job-lists";
import { comparePaired, type PairedComparison } from "../statistics/paired";
import { type Direction, directionOf } from "./directions";
import type { MetricValues } from "./read";
import type { CheckedTuple, TuplePair } from "./tuples";
import { judge, type Limits, type Verdict } from "./verdict";

/** A metric of a pair of tuples, before it is judged. */
export interface PairedMetric {
  readonly name: string;
  readonly unit: string;
  readonly better: Direction;
  readonly baseline: Sample<number>;
  readonly candidate: Sample<number>;
  /** Runs of either side in which the metric is unknown. */
  readonly unknownRuns: number;
  /** Why there is nothing to compare; null where there is. */
  readonly missing: string | null;
}

export interface JudgedMetric
  extends Pick<PairedMetric, "name" | "unit" | "better" | "unknownRuns"> {
  /** Null where there is nothing to compare; the verdict says why. */
  readonly comparison: PairedComparison | null;
  readonly verdict: Verdict;
}

/** The metric of both tuples; undefined for one without a better direction. */
export function pairedMetric(
  { baseline, candidate }: TuplePair,
  name: string,
  metric: MetricValues | undefined,
): PairedMetric | undefined {
  const better = directionOf(name);
  if (better === undefined) return undefined;
  const [first, second] = [sampleOf(baseline, metric), sampleOf(candidate, metric)];
  const { jobLists } = onCommonLists([first.sample, second.sample]);
  const reason = first.reason ?? second.reason;
  const apart = "baseline and candidate have no job list in common";
  return {
    name,
    unit: metric?.unit ?? "",
    better,
    baseline: first.sample,
    candidate: second.sample,
    unknownRuns: first.unknown + second.unknown,
    missing: jobLists.length > 0 ? null : (reason ?? apart),
  };
}

function sampleOf({ runs }: CheckedTuple, metric: MetricValues | undefined) {
  const sample: { jobList: string; repeats: number[] }[] = [];
  let unknown = 0;
  let reason: string | null = null;
  for (const [jobList, ids] of runs) {
    const repeats: number[] = [];
    for (const id of ids) {
      const value = metric?.values.get(id) ?? "this store does not have it";
      if (typeof value === "number") repeats.push(value);
      else {
        unknown += 1;
        reason ??= value;
      }
    }
    if (repeats.length > 0) sample.push({ jobList, repeats });
  }
  return { sample, unknown, reason };
}

export function judgedMetric(paired: PairedMetric, limits: Limits): JudgedMetric {
  const { name, unit, better, unknownRuns, baseline, candidate, missing } = paired;
  const comparison = comparePaired(baseline, candidate, limits.confidence);
  if (missing !== null || typeof comparison === "string") {
    const verdict: Verdict = {
      outcome: "cannot tell",
      claim: "these jobs",
      regression: null,
      interval: null,
      reason: missing ?? String(comparison),
      needed: null,
    };
    return { name, unit, better, unknownRuns, comparison: null, verdict };
  }
  const verdict = judge(comparison, better, limits);
  return { name, unit, better, unknownRuns, comparison, verdict };
}
