import { type NormalisedRun, normalise } from "../../../pareto/objectives";
import { measured } from "../../data/normalised";
import type { ReportMetric, ReportRun } from "../../data/run";

/** What of a run is kept once its tuple's page is made. */
export interface MeasuredRun {
  readonly id: string;
  readonly objectives: NormalisedRun;
  /** Of the scopes run and policy. */
  readonly metrics: readonly KeptMetric[];
  readonly harnessLimited: boolean;
}

type KeptMetric = Pick<ReportMetric, "name" | "scope" | "subject" | "value" | "reason">;

const ofRun = ["makespan", "mean_wait", "mean_bounded_slowdown", "utilisation", "unfairness"];
const ofPolicy = ["makespan", "mean_wait", "mean_bounded_slowdown"].map(
  (name) => `simulated_${name}`,
);
const kept: ReadonlySet<string> = new Set([...ofRun, ...ofPolicy, "mean_deviation"]);

export function measuredRun(run: ReportRun): MeasuredRun {
  return {
    id: run.id,
    objectives: normalise(measured(run)),
    metrics: run.metrics
      .filter(({ name, scope }) => (scope === "run" || scope === "policy") && kept.has(name))
      .map(({ name, scope, subject, value, reason }) => ({ name, scope, subject, value, reason })),
    harnessLimited: run.harnessLimited === true,
  };
}

/** A metric of the run, or of its jobs under a policy; a reason where it is unknown. */
export function figureOf(
  { metrics }: MeasuredRun,
  name: string,
  policy: string | null = null,
): number | string {
  const found = metrics.find((metric) => metric.name === name && metric.subject === policy);
  if (found === undefined) return "this store does not have it";
  return found.value ?? found.reason ?? "no reason recorded";
}

/** Mean over the runs that know it; null where none does. */
export function meanFigure(
  runs: readonly MeasuredRun[],
  name: string,
  policy: string | null = null,
): number | null {
  const known = runs
    .map((run) => figureOf(run, name, policy))
    .filter((value) => typeof value === "number");
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
