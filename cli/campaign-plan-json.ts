import type { CampaignHost, HostFit } from "../campaigns/plan/fit";
import type { CampaignTimes } from "../campaigns/plan/times";
import type { CampaignPlan } from "../campaigns/plan/types";

/** A plan with what is known of it on this host. */
export interface ShownPlan {
  readonly plan: CampaignPlan;
  readonly host: CampaignHost;
  readonly fit: HostFit;
  readonly times: CampaignTimes;
}

/** The plan for programs. Times are seconds, `hash` names tuples, `stack` clusters. */
export function planJson({ plan, host, fit, times }: ShownPlan): object {
  const { cores, memoryMiB, freeDiskGiB } = host;
  const stackOf = new Map(plan.runs.map(({ tuple, stack }) => [tuple, stack]));
  return {
    valid: true,
    fits: fit.problems.length === 0,
    problems: fit.problems,
    name: plan.name,
    repeats: plan.repeats,
    orderSeed: plan.orderSeed,
    store: plan.store,
    host: { cores, memoryMiB, freeDiskGiB },
    atOnce: fit.atOnce,
    expectedSeconds: times.totalSeconds,
    budget: { ...plan.budget, affordableRuns: times.affordableRuns },
    clusters: plan.clusters.map((cluster, index) => ({
      stack: cluster.stack,
      hash: cluster.hash,
      cidr: cluster.cidr,
      nodes: cluster.plan.nodes.length,
      ...fit.clusters[index]?.need,
      tuples: cluster.tuples.length,
      expectedSeconds: times.clusters.get(cluster.stack) ?? null,
      problems: fit.clusters[index]?.problems ?? [],
    })),
    tuples: plan.tuples.map((tuple) => ({
      hash: tuple.hash,
      label: tuple.label,
      axes: tuple.axes,
      stack: stackOf.get(tuple),
      jobs: tuple.workload.jobs,
      notes: tuple.workload.notes,
      expectedSeconds: times.tuples.get(tuple)?.seconds ?? null,
      earlierRuns: times.tuples.get(tuple)?.earlierRuns ?? 0,
    })),
    runs: plan.runs.map(({ position, repeat, stack, tuple }) => ({
      position,
      repeat,
      stack,
      tuple: tuple.hash,
    })),
  };
}
