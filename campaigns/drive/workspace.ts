import type { CampaignCluster, PlannedRun, Tuple } from "../plan/types";

/** What is recorded of one planned run, over all drivers that there have been. */
export interface Recorded {
  readonly completed: boolean;
  /** Runs that ended as failed; an interrupted one is no failure of the tuple. */
  readonly failed: number;
  /** Of the completed run, from start to finish. */
  readonly seconds: number | null;
}

export type RunEnd =
  | {
      readonly kind: "ended";
      readonly status: "completed" | "failed" | "interrupted";
      readonly reason: string | null;
      /** From its start to its finish; null where the run did not come to a finish. */
      readonly seconds: number | null;
    }
  /** It did not begin, or it was killed: what became of it is seen when the stack has settled. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What the driver does with clusters; every act can be repeated. Each throws Failure. */
export interface Workspace {
  /** By {@link keyOf}; planned runs that are not in it have not been tried. */
  recorded(): Promise<ReadonlyMap<string, Recorded>>;
  /** Stacks of this campaign that are there, whether of this plan or of a former one. */
  stacks(): Promise<readonly string[]>;
  /**
   * Waits for what an earlier driver left going on the stack, takes away what it left behind (a lock),
   * and records the runs that ended. An abort ends the waiting: it throws then.
   */
  settle(stack: string, stop: AbortSignal): Promise<void>;
  /**
   * Builds the cluster with the policy of this tuple, or gives it this policy where it is up. Nothing runs
   * on it. An abort stops it halfway.
   */
  up(cluster: CampaignCluster, tuple: Tuple, stop: AbortSignal): Promise<void>;
  /** One run on the cluster, recorded when this returns. An abort interrupts the run in order. */
  run(run: PlannedRun, stop: AbortSignal): Promise<RunEnd>;
  /** Takes the cluster down and the stack away; nothing happens where it is not there. */
  down(stack: string, stop: AbortSignal): Promise<void>;
}

/** A planned run by what is measured and how often: a changed order or axis leaves it the same run. */
export function keyOf({ tuple, repeat }: Pick<PlannedRun, "tuple" | "repeat">): string {
  return runKey(tuple.hash, repeat);
}

export function runKey(tupleHash: string, repeat: number): string {
  return `${tupleHash} ${repeat}`;
}
