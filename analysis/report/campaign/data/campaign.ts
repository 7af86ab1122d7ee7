import type { ComparableCampaign } from "./comparable";
import type { ComparedWorkload, Incomparable } from "./compared";
import type { Differences } from "./differences";
import type { Sensitivity } from "./effects";
import type { Groups, MeasuredTuple } from "./groups";
import type { StoredCampaign, StoredRun } from "./stored";

/** Everything from which the first page of a campaign's report is made. */
export interface CampaignData {
  readonly generatedAt: Date;
  readonly campaign: StoredCampaign;
  /** Whether each tuple has a page of its own, at `tuplePath`. */
  readonly pages: boolean;
  readonly comparable: ComparableCampaign;
  /** In the order of the plan; tuples without a compared run are not in it. */
  readonly tuples: readonly MeasuredTuple[];
  readonly groups: Groups;
  readonly workloads: readonly (ComparedWorkload | Incomparable)[];
  readonly differences: Differences;
  readonly sensitivities: readonly Sensitivity[];
  /** Workloads of which one draw is another job list on different systems, as where sizes are scaled. */
  readonly scaled: readonly string[];
}

/** Of the page of a tuple, beside the first page. */
export function tuplePath(hash: string): string {
  return `tuples/${hash}.html`;
}

export function isCompared(
  workload: ComparedWorkload | Incomparable,
): workload is ComparedWorkload {
  return "bootstrap" in workload;
}

export interface Progress {
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly toDo: number;
}

export function progressOf(runs: readonly StoredRun[]): Progress {
  const of = (progress: StoredRun["progress"]) =>
    runs.filter((run) => run.progress === progress).length;
  return { planned: runs.length, done: of("done"), failed: of("failed"), toDo: of("to do") };
}
