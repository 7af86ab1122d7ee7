import { type EarlierTimes, timeKey } from "./earlier";
import { sectionText } from "./hash";
import type { CampaignCluster, CampaignPlan, Tuple } from "./types";

/** Seconds of a run beyond its jobs: preparation, clock offsets, collecting, loading, audit. A guess. */
const aroundJobsSeconds = 10;
/** Of a container cluster from nothing to ready and down again, its images in the cache. A guess. */
const bringUpSeconds = 60;
const bringUpPerNodeSeconds = 5;
/** Of another policy on a live cluster, Pulumi's own time included. */
const policyChangeSeconds = 10;

export interface TupleTime {
  /** Of one run. */
  readonly seconds: number;
  /** Runs in the store whose median it is; 0 where it comes from the planned jobs. */
  readonly earlierRuns: number;
}

export interface CampaignTimes {
  readonly tuples: ReadonlyMap<Tuple, TupleTime>;
  /** By stack; the runs with the changes of the policy between them. */
  readonly clusters: ReadonlyMap<string, { readonly bringUp: number; readonly runs: number }>;
  /** With so many clusters at once, each with all of its runs one after another. */
  readonly totalSeconds: number;
  /** Runs that the budget allows, all of them where there is none. */
  readonly affordableRuns: number;
}

/** What the campaign is expected to take. Retries are not counted. */
export function campaignTimes(
  plan: CampaignPlan,
  atOnce: number,
  earlier: EarlierTimes,
): CampaignTimes {
  const tuples = new Map(plan.tuples.map((tuple) => [tuple, tupleTime(tuple, earlier)]));
  const changes = policyChanges(plan);
  const clusters = new Map(
    plan.clusters.map((cluster) => {
      const { bringUp, runs } = clusterTime(cluster, plan.repeats, tuples);
      const changing = policyChangeSeconds * (changes.get(cluster.stack) ?? 0);
      return [cluster.stack, { bringUp, runs: runs + changing }];
    }),
  );
  // In the order in which they are needed first.
  const stacks = [...new Set(plan.runs.map(({ stack }) => stack))];
  const lengths = stacks.map((stack) => {
    const { bringUp = 0, runs = 0 } = clusters.get(stack) ?? {};
    return bringUp + runs;
  });
  const totalSeconds = sideBySide(lengths, atOnce);
  return { tuples, clusters, totalSeconds, affordableRuns: affordable(plan, totalSeconds) };
}

function tupleTime(tuple: Tuple, earlier: EarlierTimes): TupleTime {
  const known = earlier.size === 0 ? undefined : earlier.get(timeKey(tuple.spec));
  if (known === undefined) {
    return { seconds: tuple.workload.seconds + aroundJobsSeconds, earlierRuns: 0 };
  }
  return { seconds: median(known), earlierRuns: known.length };
}

function clusterTime(
  { plan, tuples }: CampaignCluster,
  repeats: number,
  times: ReadonlyMap<Tuple, TupleTime>,
) {
  const once = tuples.reduce((sum, tuple) => sum + (times.get(tuple)?.seconds ?? 0), 0);
  return {
    bringUp: bringUpSeconds + bringUpPerNodeSeconds * plan.nodes.length,
    runs: repeats * once,
  };
}

/** How often a cluster's next run wants another policy than the one before, by stack. */
function policyChanges({ runs }: CampaignPlan): ReadonlyMap<string, number> {
  const policies = new Map<string, string>();
  const changes = new Map<string, number>();
  for (const { stack, tuple } of runs) {
    const policy = sectionText(tuple.spec.scheduler);
    if ((policies.get(stack) ?? policy) !== policy)
      changes.set(stack, (changes.get(stack) ?? 0) + 1);
    policies.set(stack, policy);
  }
  return changes;
}

/** Each length goes to the place that is free first. */
function sideBySide(lengths: readonly number[], places: number): number {
  const free = Array.from({ length: Math.max(1, places) }, () => 0);
  for (const length of lengths) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + length;
  }
  return Math.max(...free);
}

function affordable({ runs, budget }: CampaignPlan, totalSeconds: number): number {
  const { seconds } = budget;
  const share = seconds === null || totalSeconds <= seconds ? 1 : seconds / totalSeconds;
  return Math.min(Math.floor(runs.length * share), budget.runs ?? runs.length);
}

/** Of two in the middle, the mean. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}
