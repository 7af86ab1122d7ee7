import { readStore } from "../../experiments/store/open";
import type { Report } from "../../host/report";
import { failedChecks } from "../audits";
import { readConditions, type Varied } from "../conditions";
import { equalConditions } from "./data/conditions";
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
  /** Conditions in which the compared runs differ. */
  readonly unequal: readonly string[];
}

/**
 * The report of the chosen runs. Runs that did not complete, or failed their audit, are listed only,
 * unless there are no others. Throws Failure: no store, unknown run or experiment, unequal conditions.
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
  const runs = await readStore(store, (connection) => readRuns(connection, options, report), {
    report,
  });
  const completed = runs.filter(({ status }) => status === "completed");
  const sound = completed.filter(({ audit }) => failedChecks(audit, accepted).length === 0);
  const compared = [sound, completed, runs].find(({ length }) => length > 0) ?? [];
  const conditions = await readConditions(
    store,
    compared.map(({ id }) => id),
    accepted,
  );
  const inequalities = equalConditions(conditions, varied, allowUnequal);
  const configurations = configurationsOf(compared);
  report?.(`drawing ${configurations.length} configurations, ${compared.length} runs`);
  return {
    html: page({
      generatedAt,
      runs,
      configurations,
      leftOut: runs.filter((run) => !compared.includes(run)),
      varied,
      inequalities,
    }),
    runs: runs.length,
    configurations: configurations.length,
    unequal: inequalities.map(({ field }) => field),
  };
}
