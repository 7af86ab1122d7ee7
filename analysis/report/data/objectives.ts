import { exactDifference } from "../../../workloads/decimal";
import { bootstrapPareto, type Interval, type ParetoBootstrap } from "../../pareto/bootstrap";
import { nonDominatedFronts, type Point } from "../../pareto/dominance";
import {
  fixedSupply,
  type Measured,
  normalise,
  objectives,
  reference,
  share,
} from "../../pareto/objectives";
import type { SimJob } from "../../simulate/job";
import { makespanBound } from "../../simulate/makespan-bound";
import type { Configuration } from "./configuration";
import { metricReason, type ReportRun, runMetric } from "./run";
import { type SimulatedJobs, simulatedJobs } from "./simulated";

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

export const axes: readonly Axis[] = [
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
      if (!run.supplyCanChange) return fixedSupply;
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
  readonly repeats: readonly Point[];
  /** 95 % bootstrap intervals of the means; null with one repeat. */
  readonly intervals: readonly Interval[] | null;
  /** No other configuration's mean dominates it over all axes of the comparison. */
  readonly onFront: boolean;
  /** Percentage of the resamples in which that is so; null when some configuration has only one repeat. */
  readonly onFrontPercent: number | null;
}

export interface Comparison {
  /** The objectives known for at least one run of every configuration that is compared. */
  readonly axes: readonly Axis[];
  readonly points: readonly ParetoPoint[];
  readonly dominance: ParetoBootstrap["dominance"];
  readonly resamples: number;
  readonly confidence: number;
  /** The hypervolume of the normalised objectives, with their names; or why it is unknown. */
  readonly hypervolume: HypervolumeResult | string;
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

export interface HypervolumeResult {
  readonly mean: number;
  readonly interval: Interval | null;
  readonly objectives: readonly string[];
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
    repeats: configuration.runs.flatMap((run) => {
      const values = known.map((axis) => axis.value(run));
      const point = values.filter((value) => typeof value === "number").map(rounded);
      if (point.length === values.length) return [point];
      omissions.push(`run ${run.id}: ${values.find((value) => typeof value === "string")}`);
      return [];
    }),
  }));
  const empty = tuples.find(({ repeats }) => repeats.length === 0);
  if (empty !== undefined) return `${empty.name}: no run has all objectives`;

  const bootstrap = bootstrapPareto(tuples, { reference: known.map(() => 0), seed });
  const front = new Set(nonDominatedFronts(bootstrap.tuples.map(({ mean }) => mean))[0]);
  return {
    axes: known,
    points: configurations.map((configuration, index) => ({
      configuration,
      mean: bootstrap.tuples[index]?.mean ?? [],
      repeats: tuples[index]?.repeats ?? [],
      intervals: bootstrap.tuples[index]?.intervals ?? null,
      onFront: front.has(index),
      onFrontPercent: bootstrap.tuples[index]?.onFront ?? null,
    })),
    dominance: bootstrap.dominance,
    resamples: bootstrap.resamples,
    confidence: bootstrap.confidence,
    hypervolume: normalisedHypervolume(configurations),
    omissions,
  };
}

/** Over the normalised objectives that every run knows. */
function normalisedHypervolume(
  configurations: readonly Configuration[],
): HypervolumeResult | string {
  const tuples = configurations.map(({ label, runs }) => ({
    name: label,
    runs: runs.map((run) => normalise(measured(run)).values),
  }));
  const known = objectives.filter((objective) =>
    tuples.every(({ runs }) => runs.every((values) => values[objective] !== null)),
  );
  if (known.length < 2) return "fewer than two normalised objectives are known for every run";
  const { hypervolume } = bootstrapPareto(
    tuples.map(({ name, runs }) => ({
      name,
      repeats: runs.map((values) => known.map((objective) => values[objective] ?? 0)),
    })),
    { reference: reference.slice(0, known.length), seed },
  );
  return { ...hypervolume, objectives: known };
}

/** The figures of the run from which its normalised objectives are computed. */
export function measured(run: ReportRun): Measured {
  const jobs = simulatedJobs(run);
  return {
    utilisation: runMetric(run, "utilisation"),
    jain: runMetric(run, "jain"),
    makespan: runMetric(run, "makespan"),
    makespanBound: typeof jobs === "string" ? null : makespanBound(sinceSubmit(jobs), jobs.procs),
    underProvisioned: runMetric(run, "theta_u"),
    overProvisioned: runMetric(run, "theta_o"),
    supplyCanChange: run.supplyCanChange,
  };
}

/**
 * According to the clocks, a job may start just before its submission; the makespan covers the time
 * since then.
 */
function sinceSubmit({ jobs, records }: SimulatedJobs): SimJob[] {
  return jobs.map((job, index) => {
    const early = exactDifference(job.submit, records[index]?.start ?? job.submit);
    return early > 0 ? { ...job, run: Math.max(0, exactDifference(job.run, early)) } : job;
  });
}
