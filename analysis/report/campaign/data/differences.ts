import type { Objective } from "../../../pareto/objectives";
import type { Point } from "../../../pareto/point";
import { difference as byDifference, valuesOf } from "../../../statistics/contrast";
import { pairedEffect } from "../../../statistics/effect-size";
import { onCommonLists, type Sample } from "../../../statistics/job-lists";
import { comparePaired, type PairedComparison } from "../../../statistics/paired";
import type { ComparedSystem, ComparedWorkload } from "./compared";
import type { System } from "./groups";
import { type NeededRuns, neededRuns } from "./needed";

/** How far a difference is told from none: with all comparisons together, by itself alone, or not at all. */
export type Told = "together" | "alone" | "no";

/** Two systems in one objective on one workload. */
export interface SystemDifference {
  readonly workload: string;
  readonly objective: Objective;
  /** The one with the smaller mean; the differences are other − better, so they are not negative. */
  readonly better: System;
  readonly other: System;
  /** With 95 % intervals, each by itself. */
  readonly comparison: PairedComparison;
  /** For these jobs alone; a reason where it is unknown. */
  readonly theseJobs: Told | { readonly reason: string };
  /** For other jobs of the same kind. */
  readonly otherJobs: Told | { readonly reason: string };
  /** Cohen's d_z of the differences over the job lists; a reason where it is unknown. */
  readonly pairedEffect: number | string;
  /** To tell the observed difference by itself. */
  readonly needed: NeededRuns;
}

export interface Differences {
  readonly all: readonly SystemDifference[];
  /** Of each interval by itself, and of all of them together. */
  readonly confidence: number;
  /** The confidence of each interval that makes all hold together. */
  readonly eachConfidence: number;
  readonly power: number;
  /** Pairs that differ in more than one axis and were left out because there are many. */
  readonly pairsLeftOut: number;
  /** Pairs without a common job list. */
  readonly apart: readonly string[];
}

const confidence = 0.95;
const power = 0.8;
/** With more pairs of systems on a workload, only those are compared that differ in a single axis. */
const mostPairs = 120;

/** Each pair of systems in each objective, on the job lists that both have. Bonferroni for all together. */
export function systemDifferences(workloads: readonly ComparedWorkload[]): Differences {
  const chosen = workloads.map((workload) => ({ workload, ...pairsOf(workload.systems) }));
  const asked = chosen.reduce(
    (sum, { workload, pairs }) => sum + pairs.length * workload.known.length,
    0,
  );
  const eachConfidence = 1 - (1 - confidence) / Math.max(1, asked);
  const apart: string[] = [];
  const all = chosen.flatMap(({ workload, pairs }) =>
    pairs.flatMap(([a, b]) =>
      workload.known.flatMap((objective, axis) => {
        const found = difference(workload.label, objective, [a, b], axis, eachConfidence);
        if (typeof found !== "string") return [found];
        if (axis === 0) {
          apart.push(`${workload.label}: ${a.system.label} and ${b.system.label}: ${found}`);
        }
        return [];
      }),
    ),
  );
  const pairsLeftOut = chosen.reduce((sum, { left }) => sum + left, 0);
  return { all, confidence, eachConfidence, power, pairsLeftOut, apart };
}

type Pair = readonly [ComparedSystem, ComparedSystem];

function pairsOf(systems: readonly ComparedSystem[]) {
  const pairs = systems.flatMap((a, index) => systems.slice(index + 1).map((b): Pair => [a, b]));
  if (pairs.length <= mostPairs) return { pairs, left: 0 };
  const near = pairs.filter(([a, b]) => differingAxes(a.system, b.system) <= 1);
  return { pairs: near, left: pairs.length - near.length };
}

function differingAxes(a: System, b: System): number {
  const names = new Set([...Object.keys(a.axes), ...Object.keys(b.axes)]);
  return [...names].filter((name) => a.axes[name] !== b.axes[name]).length;
}

function difference(
  workload: string,
  objective: Objective,
  [a, b]: Pair,
  axis: number,
  eachConfidence: number,
): SystemDifference | string {
  const [x, y] = [along(a.sample, axis), along(b.sample, axis)];
  const first = comparePaired(x, y, confidence);
  if (typeof first === "string") return first;
  const turned = first.difference < 0;
  const [low, high] = turned ? [y, x] : [x, y];
  const comparison = comparePaired(low, high, confidence);
  const strict = comparePaired(low, high, eachConfidence);
  if (typeof comparison === "string") return comparison;
  if (typeof strict === "string") return strict;
  const lists = commonLists(low, high);
  return {
    workload,
    objective,
    better: (turned ? b : a).system,
    other: (turned ? a : b).system,
    comparison,
    theseJobs: told(comparison.overRepeats, strict.overRepeats),
    otherJobs: told(comparison.overJobLists, strict.overJobLists),
    pairedEffect: pairedEffect(valuesOf(lists, byDifference)),
    needed: neededRuns(lists, { confidence, power }),
  };
}

function told(
  alone: PairedComparison["overRepeats"],
  together: PairedComparison["overRepeats"],
): Told | { readonly reason: string } {
  if (typeof alone === "string") return { reason: alone };
  if (typeof together !== "string" && together.evidence !== "none") return "together";
  return alone.evidence === "none" ? "no" : "alone";
}

function commonLists(low: Sample<number>, high: Sample<number>) {
  const [firsts = [], seconds = []] = onCommonLists([low, high]).samples;
  return firsts.map(({ repeats }, index) => ({
    first: repeats,
    second: seconds[index]?.repeats ?? [],
  }));
}

function along(sample: Sample<Point>, axis: number): Sample<number> {
  return sample.map(({ jobList, repeats }) => ({
    jobList,
    repeats: repeats.map((point) => point[axis] ?? Number.NaN),
  }));
}
