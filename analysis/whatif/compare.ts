import { directionOf } from "../check/directions";
import { judge, type Limits, type Verdict } from "../check/verdict";
import type { Sample } from "../statistics/job-lists";
import { comparePaired, type PairedComparison, type PairedInterval } from "../statistics/paired";
import type { Interval } from "../statistics/quantile";
import type { Figures, Subject } from "./figures";

/** Runs of one side, by job list. */
export type Side = ReadonlyMap<string, readonly string[]>;

/** What an interval of the change says. */
export interface Shown {
  /** Of the change: as a share of what it was (0.1 is a tenth more), else in the metric's unit. */
  readonly interval: Interval;
  readonly relative: boolean;
  /** `no difference`: none beyond the margin. */
  readonly said: "changed" | "no difference" | "cannot tell";
}

/** For other jobs of the same kind, or for these jobs alone; a reason where nothing is known. */
export type Level = Shown | { readonly reason: string };

export interface SubjectDifference extends Subject {
  readonly metric: string;
  readonly unit: string;
  /** Jobs a run, on average. */
  readonly jobs: number;
  /** Changed against now, with intervals that hold for all differences together. */
  readonly comparison: PairedComparison;
  readonly otherJobs: Level;
  readonly theseJobs: Level;
  /** Whether it got worse by more than the margin, and what it would take to tell. */
  readonly verdict: Verdict;
}

export interface WhatIfResult {
  readonly differences: readonly SubjectDifference[];
  /** Common to both sides. */
  readonly jobLists: number;
  /** The fewest of a side on a common job list. */
  readonly repeats: number;
  /** Of all intervals together, and of each one. */
  readonly confidence: number;
  readonly eachConfidence: number;
  /** A change up to it, as a share, is none. */
  readonly margin: number;
}

const confidence = 0.95;
const power = 0.8;
/**
 * Runs of each job list from which on the noise between them is known well enough. With two, intervals over
 * repeats miss 2.6 times as often as they say, and with three no more often: seen by simulating the same
 * policy twice, as `tests/analysis/whatif/false-claims.test.ts` does.
 */
const leastRepeats = 3;
/** Waits are sums of microseconds: what differs by less differs by rounding. */
const digits = 6;

/**
 * The figures of both sides on the job lists that both have. All intervals hold together with 95 %
 * (Bonferroni over subjects, metrics and levels). Pure.
 */
export function compareSides(
  figures: readonly Figures[],
  sides: { readonly now: Side; readonly changed: Side },
  margin: number,
): WhatIfResult {
  const paired = figures.map((figure) => ({
    figure,
    now: sampleOf(figure, sides.now),
    changed: sampleOf(figure, sides.changed),
  }));
  const known = paired.flatMap((pair) => {
    const found = compared(pair.now, pair.changed, confidence);
    return found === null ? [] : [{ ...pair, found }];
  });
  const intervals = known.reduce((sum, { found }) => sum + levelsOf(found), 0);
  const eachConfidence = 1 - (1 - confidence) / Math.max(1, intervals);
  const limits: Limits = {
    ...{ maxRegression: margin, confidence: eachConfidence, power },
    theseJobs: false,
  };
  const differences = known.flatMap(({ figure, now, changed }): SubjectDifference[] => {
    const comparison = compared(now, changed, eachConfidence);
    const better = directionOf(figure.metric);
    if (comparison === null || better === undefined) return [];
    const { scope, name, metric, unit, jobs } = figure;
    return [
      {
        ...{ scope, name, metric, unit, jobs, comparison },
        otherJobs: shown(comparison.overJobLists, margin),
        theseJobs: shown(comparison.overRepeats, margin),
        verdict: judge(comparison, better, limits),
      },
    ];
  });
  return {
    differences,
    jobLists: Math.max(0, ...known.map(({ found }) => found.jobLists)),
    repeats: Math.min(...known.map(({ found }) => found.repeats)),
    ...{ confidence, eachConfidence, margin },
  };
}

/** Null without a common job list. */
function compared(
  now: Sample<number>,
  changed: Sample<number>,
  wanted: number,
): PairedComparison | null {
  const found = comparePaired(now, changed, wanted);
  if (typeof found === "string") return null;
  if (found.repeats >= leastRepeats || typeof found.overRepeats === "string") return found;
  const overRepeats = `fewer than ${leastRepeats} runs of a job list: the noise between them is not known well enough`;
  return { ...found, overRepeats };
}

function levelsOf({ overJobLists, overRepeats }: PairedComparison): number {
  return [overJobLists, overRepeats].filter((level) => typeof level !== "string").length;
}

function sampleOf({ values }: Figures, side: Side): Sample<number> {
  return [...side].flatMap(([jobList, runs]) => {
    const repeats = runs.flatMap((run) => {
      const value = values.get(run);
      return value === undefined ? [] : [Number(value.toFixed(digits))];
    });
    return repeats.length === 0 ? [] : [{ jobList, repeats }];
  });
}

function shown(source: PairedInterval | string, margin: number): Level {
  if (typeof source === "string") return { reason: source };
  const relative = typeof source.relative !== "string";
  const interval = typeof source.relative === "string" ? source.difference : source.relative;
  const { low, high } = interval;
  const within = relative ? low >= -margin && high <= margin : low === 0 && high === 0;
  const said = low > 0 || high < 0 ? "changed" : within ? "no difference" : "cannot tell";
  return { interval, relative, said };
}
