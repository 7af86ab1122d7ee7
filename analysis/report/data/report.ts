import type { ConditionGroup, Difference, Varied } from "../../conditions";
import type { ComparableRuns } from "./comparable";
import type { Configuration } from "./configuration";
import type { ReportRun } from "./run";

/** Everything from which the page is made. */
export interface ReportData {
  readonly generatedAt: Date;
  /** Every chosen run except the others. */
  readonly runs: readonly ReportRun[];
  /** Of the runs that are compared: the completed ones that passed their audit, else the completed ones, else all. */
  readonly configurations: readonly Configuration[];
  /** Chosen runs that are listed only. */
  readonly leftOut: readonly ReportRun[];
  /** Chosen runs that were made under other conditions than the compared ones. */
  readonly others: readonly ConditionGroup[];
  /** Runs of job lists that some configuration lacks, and how many such lists there are. */
  readonly unshared: ComparableRuns["unshared"];
  readonly varied: Varied;
  /** Conditions that differ apart from the thing varied. Empty unless the user allowed unequal conditions. */
  readonly inequalities: readonly Difference[];
}

export function comparedRuns({ configurations }: ReportData): ReportRun[] {
  return configurations.flatMap(({ runs }) => runs);
}
