import type { StoredPlan } from "../../store/campaigns";
import type { CampaignPlan } from "../plan/types";

/** The plan as the store keeps it, with how far its random order can be kept. */
export function storedPlan(plan: CampaignPlan, clustersAtOnce: number): StoredPlan {
  const stacks = new Map(
    plan.clusters.flatMap(({ stack, tuples }) => tuples.map(({ hash }) => [hash, stack] as const)),
  );
  return {
    campaign: plan.name,
    repeats: plan.repeats,
    orderSeed: plan.orderSeed,
    orderKept: orderKept(plan.clusters.length, clustersAtOnce),
    clustersAtOnce,
    retryFailed: plan.retryFailed,
    stacks: plan.clusters.map(({ stack }) => stack),
    tuples: plan.tuples.map(({ hash, label, axes, workload }) => ({
      ...{ hash, label, axes },
      stack: stacks.get(hash) ?? "",
      plannedSeconds: workload.seconds,
    })),
    runs: plan.runs.map(({ tuple, repeat, position }) => ({
      tuple: tuple.hash,
      ...{ repeat, position },
    })),
  };
}

/**
 * A drift of the host touches all tuples alike only where their runs are interleaved, and they are not
 * between clusters of which one has to go before the next one comes.
 */
function orderKept(clusters: number, atOnce: number): string {
  if (clusters <= 1) return "whole: all runs are on one cluster, in the random order";
  if (clusters <= atOnce) {
    return `on each cluster: all ${clusters} are up together, so that runs of different clusters overlap`;
  }
  return (
    `blocked by cluster: ${atOnce} of ${clusters} are up at once, and repeats are interleaved among the ` +
    "tuples of a cluster only; the clusters follow each other by their first runs in the random order"
  );
}
