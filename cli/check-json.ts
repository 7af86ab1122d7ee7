import type { CheckResult } from "../analysis/check/check";
import type { JudgedMetric } from "../analysis/check/judged";
import type { Needed } from "../analysis/check/needed";
import type { PairedInterval } from "../analysis/statistics/paired";
import type { Interval } from "../analysis/statistics/quantile";
import type { Asked } from "./check-text";

/** Figures in the metrics' units and in percent; null where unknown, with a reason beside it. */
export function checkJson(result: CheckResult, { baseline, maxRegression }: Asked) {
  return {
    outcome: result.outcome,
    baseline,
    candidate: result.candidateNames,
    max_regression_percent: 100 * maxRegression,
    confidence: result.confidence,
    each_confidence: result.eachConfidence,
    power: result.power,
    tuples: result.pairs.map((pair) => ({
      baseline: pair.baseline.label,
      baseline_runs: [...pair.baseline.runs.values()].flat(),
      candidate: pair.candidate.label,
      candidate_runs: [...pair.candidate.runs.values()].flat(),
      unequal: pair.unequal.map(({ field }) => field),
      metrics: pair.metrics.map(metricJson),
    })),
    omissions: result.omissions,
  };
}

function metricJson({ name, unit, better, comparison, verdict, unknownRuns }: JudgedMetric) {
  return {
    name,
    unit,
    better,
    outcome: verdict.outcome,
    claim: verdict.claim,
    regression_percent: inPercent(verdict.regression),
    regression_interval: verdict.interval === null ? null : intervalPercent(verdict.interval),
    reason: verdict.reason,
    needed: verdict.needed === null ? null : neededJson(verdict.needed),
    unknown_runs: unknownRuns,
    ...(comparison === null
      ? {}
      : {
          job_lists: comparison.jobLists,
          job_lists_left_out: comparison.leftOut,
          least_repeats: comparison.repeats,
          baseline: comparison.first,
          candidate: comparison.second,
          difference: comparison.difference,
          difference_percent: inPercent(comparison.relative),
          over_repeats: sourceJson(comparison.overRepeats),
          over_job_lists: sourceJson(comparison.overJobLists),
          lists: comparison.lists,
          cliffs_delta: comparison.cliffsDelta,
          paired_effect: numberOf(comparison.pairedEffect),
          paired_effect_reason: reasonOf(comparison.pairedEffect),
        }),
  };
}

function neededJson({ repeats, jobLists, assuming }: Needed) {
  return {
    repeats: numberOf(repeats),
    repeats_reason: reasonOf(repeats),
    job_lists: numberOf(jobLists),
    job_lists_reason: reasonOf(jobLists),
    assuming,
  };
}

function numberOf(value: number | string): number | null {
  return typeof value === "number" ? value : null;
}

function reasonOf(value: number | string): string | null {
  return typeof value === "string" ? value : null;
}

function sourceJson(source: PairedInterval | string) {
  if (typeof source === "string") return { difference: null, percent: null, reason: source };
  const { difference, relative, evidence, degreesOfFreedom } = source;
  const known = typeof relative !== "string";
  return {
    difference,
    percent: known ? intervalPercent(relative) : null,
    reason: known ? null : relative,
    evidence,
    degrees_of_freedom: degreesOfFreedom,
  };
}

function intervalPercent({ low, high }: Interval) {
  return { low: 100 * low, high: 100 * high };
}

function inPercent(share: number | null): number | null {
  return share === null ? null : 100 * share;
}
