import { bootstrapPareto, type ParetoBootstrap } from "../../pareto/bootstrap";
import { nonDominatedFronts } from "../../pareto/dominance";
import { fixedSupply, share } from "../../pareto/objectives";
import type { Point } from "../../pareto/point";
import { onCommonLists } from "../../statistics/job-lists";
import type { Interval } from "../../statistics/quantile";
import type { Source } from "../../statistics/sources";
import type { Configuration } from "./configuration";
import { type HypervolumeResult, normalisedHypervolume } from "./normalised";
import { metricReason, type ReportRun, runMetric } from "./run";

/** One of the four objectives in its own unit; less is better. */
export interface Axis {
  readonly name: string;
  readonly label: string;
  readonly digits: number;
  readonly value: (run: ReportRun) => number | string;
}

const complement = (run: ReportRun, metric: string) => {
  const value = runMetric(run, metric);
  if (value === null) return `${metric}: ${metricReason(run, metric)}`;
  return share(1 - value, `a ${metric} of ${value} is not in 0..1`);
};

const axes: readonly Axis[] = [
  {
    name: "idle share",
    label: "1 − utilisation",
    digits: 3,
    value: (run) => complement(run, "utilisation"),
  },
  {
    name: "unfairness",
    label: "1 − Jain index",
    digits: 4,
    value: (run) => complement(run, "jain"),
  },
  {
    name: "completion time",
    label: "makespan (s)",
    digits: 1,
    value: (run) => runMetric(run, "makespan") ?? `makespan: ${metricReason(run, "makespan")}`,
  },
  {
    name: "elasticity",
    label: "θᵤ + θₒ (%)",
    digits: 3,
    value: (run) => {
      if (run.elastic === null) return fixedSupply;
      const missing = ["theta_u", "theta_o"].find((name) => runMetric(run, name) === null);
      if (missing !== undefined) return `${missing}: ${metricReason(run, missing)}`;
      return (runMetric(run, "theta_u") ?? 0) + (runMetric(run, "theta_o") ?? 0);
    },
  },
];

export interface ParetoPoint {
  readonly configuration: Configuration;
  /** By axis of the comparison. */
  readonly mean: Point;
  /** Of each run. */
  readonly repeats: readonly Point[];
  readonly runs: number;
  /** 95 % bootstrap intervals of the means; null with one run. */
  readonly intervals: readonly Interval[] | null;
  readonly variance: ParetoBootstrap["tuples"][number]["variance"];
  /** No other configuration's mean dominates it over all axes of the comparison. */
  readonly onFront: boolean;
  /** Percentage of the resamples in which that is so; null when some configuration has only one run. */
  readonly onFrontPercent: number | null;
}

export interface Comparison {
  /** The objectives known for at least one run of every configuration that is compared. */
  readonly axes: readonly Axis[];
  readonly points: readonly ParetoPoint[];
  readonly dominance: ParetoBootstrap["dominance"];
  /** Job lists that the configurations have in common. */
  readonly jobLists: number;
  /** What varies in the resamples. */
  readonly covers: readonly Source[];
  readonly resamples: number;
  readonly confidence: number;
  /** The hypervolume of the normalised objectives, with their names; or why it is unknown. */
  readonly hypervolume: HypervolumeResult | string;
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

const seed = 1;

/** Sums of the same times in another order differ in their last digits; that is no difference. */
function rounded(value: number): number {
  return Number(value.toFixed(9));
}

/** A reason when there is nothing to compare. */
export function compareObjectives(configurations: readonly Configuration[]): Comparison | string {
  const omissions: string[] = [];
  const known = axes.filter((axis) => {
    const unknown = configurations.find(({ runs }) =>
      runs.every((run) => typeof axis.value(run) === "string"),
    );
    if (unknown === undefined) return true;
    const reason = unknown.runs[0] === undefined ? "no run" : axis.value(unknown.runs[0]);
    omissions.push(`${axis.name} is left out: ${reason} (${unknown.label})`);
    return false;
  });
  if (known.length === 0) return `no objective is known: ${omissions.join("; ")}`;
  const tuples = configurations.map((configuration) => ({
    name: configuration.label,
    sample: configuration.jobLists.map(({ jobList, repeats }) => ({
      jobList,
      repeats: repeats.flatMap((run) => {
        const values = known.map((axis) => axis.value(run));
        const point = values.filter((value) => typeof value === "number").map(rounded);
        if (point.length === values.length) return [point];
        omissions.push(`run ${run.id}: ${values.find((value) => typeof value === "string")}`);
        return [];
      }),
    })),
  }));
  const measuredOn = tuples.map(({ name, sample }) => ({
    name,
    sample: sample.filter(({ repeats }) => repeats.length > 0),
  }));
  const empty = measuredOn.find(({ sample }) => sample.length === 0);
  if (empty !== undefined) return `${empty.name}: no run has all objectives`;
  const { samples, jobLists } = onCommonLists(measuredOn.map(({ sample }) => sample));
  if (jobLists.length === 0) return "the configurations have no job list in common";

  const bootstrap = bootstrapPareto(
    measuredOn.map(({ name }, index) => ({ name, sample: samples[index] ?? [] })),
    { reference: known.map(() => 0), seed },
  );
  const front = new Set(nonDominatedFronts(bootstrap.tuples.map(({ mean }) => mean))[0]);
  return {
    axes: known,
    points: configurations.map((configuration, index) => ({
      configuration,
      mean: bootstrap.tuples[index]?.mean ?? [],
      repeats: (samples[index] ?? []).flatMap(({ repeats }) => repeats),
      runs: bootstrap.tuples[index]?.runs ?? 0,
      intervals: bootstrap.tuples[index]?.intervals ?? null,
      variance: bootstrap.tuples[index]?.variance ?? [],
      onFront: front.has(index),
      onFrontPercent: bootstrap.tuples[index]?.onFront ?? null,
    })),
    dominance: bootstrap.dominance,
    jobLists: bootstrap.jobLists,
    covers: bootstrap.covers,
    resamples: bootstrap.resamples,
    confidence: bootstrap.confidence,
    hypervolume: normalisedHypervolume(configurations),
    omissions,
  };
}
