import type { Reporter } from "../../base/reporter";
import { readStore } from "../../store/open";
import { type ComparisonOptions, comparableRuns, othersText } from "./data/comparable";
import { configurationsOf } from "./data/configuration";
import { readRuns } from "./data/read";
import { page } from "./page";

export interface ReportOptions extends ComparisonOptions {
  readonly generatedAt: Date;
  readonly report?: Reporter;
}

export interface FinishedReport {
  readonly html: string;
  readonly runs: number;
  readonly configurations: number;
  /** What was left out because of its conditions or its job list, and how to choose; empty where all runs were comparable. */
  readonly leftOut: readonly string[];
  /** Conditions in which the compared runs differ. */
  readonly unequal: readonly string[];
}

/**
 * The report of the newest of the chosen runs and those that can be compared with it. Runs that did not
 * complete, or failed their audit, are only listed, unless there are no others. Throws Failure: no
 * store, unknown run or experiment, named runs under unequal conditions.
 */
export async function makeReport(options: ReportOptions): Promise<FinishedReport> {
  const { store, varied, generatedAt, report } = options;
  const chosen = await comparableRuns(options);
  const { others, inequalities, places, unshared } = chosen;
  const runs = await readStore(store, (connection) => readRuns(connection, chosen.shown, report), {
    report,
  });
  const compared = runs.filter(({ id }) => chosen.compared.includes(id));
  const configurations = configurationsOf(compared, places);
  report?.(`drawing ${configurations.length} configurations, ${compared.length} runs`);
  return {
    html: page({
      generatedAt,
      runs,
      configurations,
      leftOut: runs.filter((run) => !compared.includes(run)),
      others,
      unshared,
      varied,
      inequalities,
    }),
    runs: runs.length,
    configurations: configurations.length,
    leftOut: othersText(chosen),
    unequal: inequalities.map(({ field }) => field),
  };
}
