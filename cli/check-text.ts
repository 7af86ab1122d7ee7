import Table from "cli-table3";
import type { CheckedPair, CheckResult } from "../analysis/check/check";
import type { JudgedMetric } from "../analysis/check/judged";
import type { Needed } from "../analysis/check/needed";
import type { CheckedTuple } from "../analysis/check/tuples";
import type { PairedInterval } from "../analysis/statistics/paired";
import type { Interval } from "../analysis/statistics/quantile";

/** What the user asked for, as far as the result does not repeat it. */
export interface Asked {
  readonly baseline: readonly string[];
  readonly maxRegression: number;
}

export function checkText(result: CheckResult, { baseline, maxRegression }: Asked): string {
  const limit = percent(maxRegression);
  const said = {
    "no worse": `no worse: every regression is at most ${limit} % with ${percent(result.confidence)} % confidence`,
    worse: `worse: a regression of more than ${limit} % is there with ${percent(result.confidence)} % confidence`,
    "cannot tell": `cannot tell with these runs whether every regression is at most ${limit} %`,
  }[result.outcome];
  return [
    `baseline ${baseline.join(", ")}, candidate ${result.candidateNames.join(", ")}`,
    ...result.pairs.map(pairText),
    ...result.omissions,
    said,
  ].join("\n");
}

function pairText({ baseline, candidate, unequal, metrics }: CheckedPair): string {
  const table = new Table({
    head: ["metric", "better", "baseline", "candidate", "regression (%)", "Cliff's δ", "verdict"],
    colAligns: ["left", "left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [] },
  });
  for (const { name, unit, better, comparison, verdict } of metrics) {
    table.push([
      unit === "1" || unit === "" ? name : `${name} (${unit})`,
      better,
      figure(comparison?.first),
      figure(comparison?.second),
      [percent(verdict.regression), rangeText(verdict.interval)].filter(Boolean).join("\n"),
      comparison === null ? "–" : comparison.cliffsDelta.toFixed(2),
      verdict.outcome,
    ]);
  }
  return [
    `${candidate.label} (${runsText(candidate)}) against ${baseline.label} (${runsText(baseline)})`,
    ...(unequal.length > 0
      ? [`compared under unequal conditions: ${unequal.map(({ field }) => field).join(", ")}`]
      : []),
    table.toString(),
    ...coverage(metrics),
    ...metrics.flatMap(notes),
  ].join("\n");
}

/** Whom the intervals speak of; all metrics of a pair share their job lists, but for unknown figures. */
function coverage(metrics: readonly JudgedMetric[]): string[] {
  const said = metrics.flatMap(({ comparison, verdict }) => {
    if (comparison === null) return [];
    const { jobLists, leftOut } = comparison;
    const lists = `${jobLists} common job list${jobLists === 1 ? "" : "s"}`;
    const rest =
      leftOut > 0
        ? ` (${leftOut} that only one side has ${leftOut === 1 ? "is" : "are"} left out)`
        : "";
    return verdict.claim === "these jobs"
      ? [
          `${lists}${rest}: the intervals cover the noise between repeats and hold for these jobs only`,
        ]
      : [
          `${lists}${rest}: the intervals cover repeats and job lists and hold for other jobs of the same kind`,
        ];
  });
  return [...new Set(said)];
}

function notes({ name, comparison, verdict, unknownRuns }: JudgedMetric): string[] {
  const { outcome, reason, claim, needed } = verdict;
  const found: string[] = [];
  if (unknownRuns > 0) found.push(`unknown in ${unknownRuns} run${unknownRuns === 1 ? "" : "s"}`);
  if (reason !== null) found.push(reason);
  const these = comparison?.overRepeats;
  if (outcome === "cannot tell" && claim !== "these jobs" && typeof these === "object") {
    found.push(`for these jobs alone the difference is ${changeText(these)} (see --these-jobs)`);
  }
  if (needed !== null) found.push(neededText(needed));
  return found.map((note) => `${name}: ${note}`);
}

function changeText({ relative, difference }: PairedInterval): string {
  if (typeof relative !== "string") return `${rangeText(relative)} %`;
  return `${figure(difference.low)} to ${figure(difference.high)}`;
}

function neededText({ repeats, jobLists, assuming }: Needed): string {
  const ways = [
    typeof repeats === "number" ? `${repeats} repeats of each job list` : null,
    typeof jobLists === "number" ? `${jobLists} job lists` : null,
  ].filter((way) => way !== null);
  if (ways.length === 0) return `what would do is unknown: ${repeats}`;
  return `${ways.join(", or ")} would do, assuming ${assuming}`;
}

function runsText({ runs }: CheckedTuple): string {
  const count = [...runs.values()].reduce((sum, ids) => sum + ids.length, 0);
  return `${count} run${count === 1 ? "" : "s"}`;
}

function figure(value: number | undefined): string {
  return value === undefined ? "–" : Number(value.toPrecision(5)).toString();
}

function percent(share: number | null): string {
  return share === null ? "unknown" : Number((100 * share).toFixed(2)).toString();
}

function rangeText(interval: Interval | null): string {
  return interval === null ? "" : `${percent(interval.low)} to ${percent(interval.high)}`;
}
