import type { Configuration } from "./configuration";
import type { ReportRun } from "./run";

/** A condition in which runs differ that were nevertheless compared. */
export interface Inequality {
  readonly field: string;
  /** What each run has, by run. */
  readonly values: Readonly<Record<string, string>>;
}

/** All that the page is made of. */
export interface ReportData {
  readonly generatedAt: Date;
  /** Every chosen run. */
  readonly runs: readonly ReportRun[];
  /** Of the runs that are compared: the completed ones, else all. */
  readonly configurations: readonly Configuration[];
  /** Chosen runs that are listed only. */
  readonly leftOut: readonly ReportRun[];
  /** Not empty only where the user allowed unequal conditions. */
  readonly inequalities: readonly Inequality[];
}

export function comparedRuns({ configurations }: ReportData): ReportRun[] {
  return configurations.flatMap(({ runs }) => runs);
}
