import type { ClusterPlan } from "../../infra/plan";
import type { ExperimentSpec } from "../../spec/spec";

/** One combination of the axes' values: everything that a stack's configuration says. */
export interface Tuple {
  /** Whole, with every default filled in. Its `run.repeat` is 1: repeats belong to the campaign. */
  readonly spec: ExperimentSpec;
  /** SHA-256 in hex of what is measured: see `tupleHash`. */
  readonly hash: string;
  /** Axis → chosen value as text, in the order of the axes; axes with a single value are in it too. */
  readonly axes: Readonly<Record<string, string>>;
  /** The values of the axes that vary, such as `backfill, 2, 1`; "the only tuple" where none does. */
  readonly label: string;
  readonly workload: {
    readonly jobs: number;
    /** On the host's clock, from the start of the replay to the last end, by the jobs alone: see `plannedLength`. */
    readonly seconds: number;
    /** What a person should know, such as jobs of the trace that were skipped. */
    readonly notes: readonly string[];
  };
}

/** Tuples that one stack serves in turn: they differ only in what needs no other cluster. */
export interface CampaignCluster {
  /** `<campaign>-<first eight digits of the hash>`: the name of the Pulumi stack. */
  readonly stack: string;
  /** SHA-256 in hex of what all of its tuples have in common: see `clusterHash`. */
  readonly hash: string;
  /** The range of its network. No two clusters of a campaign share one, so that they can be up together. */
  readonly cidr: string;
  /** Its nodes. The same for all of its tuples. */
  readonly plan: ClusterPlan;
  /** In the order of the plan. */
  readonly tuples: readonly Tuple[];
}

/** One run of a tuple. Runs are started in the order of their positions, as far as clusters are free. */
export interface PlannedRun {
  readonly tuple: Tuple;
  readonly stack: string;
  /** From 1 to the campaign's `repeats`. */
  readonly repeat: number;
  /** From 1, in the random order that the campaign's `order.seed` gives. */
  readonly position: number;
}

/** A whole campaign, validated; nothing of it has been touched. */
export interface CampaignPlan {
  readonly name: string;
  /** In the order of the axes, the last one varying fastest. */
  readonly tuples: readonly Tuple[];
  /** In the order of their first tuples. */
  readonly clusters: readonly CampaignCluster[];
  /** Blocks one after another; each has every tuple once, in an order of its own. */
  readonly runs: readonly PlannedRun[];
  readonly repeats: number;
  readonly orderSeed: number;
  /** Clusters at once as the campaign asks for them; `fitHost` says how many the host holds. */
  readonly clustersAtOnce: number | "auto";
  readonly budget: { readonly seconds: number | null; readonly runs: number | null };
  /** How often a failed run is tried again. */
  readonly retryFailed: number;
  /** Whether the clusters stay up once their last run is done. */
  readonly keep: boolean;
  /** Path of the DuckDB file, the same for all tuples. */
  readonly store: string;
}
