import type { Report } from "../../base/report";
import { readStore } from "../../store/open";
import type { Varied } from "../conditions";
import { comparableRuns, othersText } from "./data/comparable";
import { configurationsOf } from "./data/configuration";
import { readRuns } from "./data/read";
import type { Selection } from "./data/selection";
import { page } from "./page";

export interface ReportOptions extends Selection {
  readonly store: string;
  /** What the configurations differ in on purpose. */
  readonly varied?: Varied;
  /** Compare runs under unequal conditions, and say so in the report. */
  readonly allowUnequal?: boolean;
  /** Checks of the audit that a compared run may have failed. */
  readonly accepted?: readonly string[];
  readonly generatedAt: Date;
  readonly report?: Report;
}

export interface FinishedReport {
  readonly html: string;
  readonly runs: number;
  readonly configurations: number;
  /** What was left out because of its conditions, and how to choose; empty where all runs were comparable. */
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
  const {
    store,
    varied = "scheduler",
    allowUnequal = false,
    accepted = [],
    generatedAt,
    report,
  } = options;
  const comparison = { ...options, varied, allowUnequal, accepted };
  const chosen = await comparableRuns(comparison);
  const { others, inequalities } = chosen;
  const runs = await readStore(store, (connection) => readRuns(connection, chosen.shown, report), {
    report,
  });
  const compared = runs.filter(({ id }) => chosen.compared.includes(id));
  const configurations = configurationsOf(compared);
  report?.(`drawing ${configurations.length} configurations, ${compared.length} runs`);
  return {
    html: page({
      generatedAt,
      runs,
      configurations,
      leftOut: runs.filter((run) => !compared.includes(run)),
      others,
      varied,
      inequalities,
    }),
    runs: runs.length,
    configurations: configurations.length,
    leftOut: othersText(others),
    unequal: inequalities.map(({ field }) => field),
  };
}
