import { readStore } from "../../experiments/store/open";
import type { Report } from "../../host/report";
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
 * The report of the chosen runs. Runs that did not complete are listed only, unless none did. Throws
 * Failure: no store, unknown run or experiment, unequal conditions.
 */
export async function makeReport(options: ReportOptions): Promise<FinishedReport> {
  const { store, varied = "scheduler", allowUnequal = false, generatedAt, report } = options;
  const runs = await readStore(store, (connection) => readRuns(connection, options, report), {
    report,
  });
  const completed = runs.filter(({ status }) => status === "completed");
  const compared = completed.length > 0 ? completed : runs;
  const conditions = await readConditions(
    store,
    compared.map(({ id }) => id),
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
