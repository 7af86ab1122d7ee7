import path from "node:path";
import type { Report } from "../base/report";
import { messageOf } from "../base/thrown";
import { closeStaleRuns } from "../experiments/run/stale";
import { unloadedRuns } from "../store/earlier";
import { loadRun } from "../store/load";
import { failedText } from "./audit-table";
import { auditLoaded } from "./audited";
import { simulateLoaded } from "./simulated";

/** Where `schedlab run` makes run directories by default. */
export function runsBeside(store: string): string {
  return path.join(path.dirname(path.resolve(store)), "runs");
}

/**
 * Loads a run with its audit and its simulations. The run's own rows are stored first; a failure after
 * that is reported and does not remove them.
 */
export async function keep(directory: string, store: string, report: Report): Promise<string> {
  const { runId } = await loadRun(directory, store, { report });
  await auditLoaded(store, runId, report)
    .then((audit) => {
      for (const line of failedText(audit ?? [])) report(`run ${runId}: ${line}`);
    })
    .catch((error: unknown) => {
      report(`run ${runId} is loaded, but not audited: ${messageOf(error)}`);
    });
  await simulateLoaded(store, runId, report).catch((error: unknown) => {
    report(`run ${runId} is loaded, but not simulated: ${messageOf(error)}`);
  });
  return runId;
}

export interface EarlierOptions {
  readonly runsDir: string;
  readonly store: string;
  readonly report: Report;
  readonly experiment?: string;
  readonly takeOver?: string | undefined;
  /** Also load again what an older version of schedlab loaded. */
  readonly older: boolean;
}

/**
 * Closes the runs whose harness is gone, and loads every closed run that the store lacks or holds in an
 * earlier state. Both can be repeated: what cannot be done now is reported and done the next time.
 * @returns the runs that were loaded, and how many could not be.
 * @throws Failure only when a run that is to be taken over is alive.
 */
export async function keepEarlierRuns(
  options: EarlierOptions,
): Promise<{ loaded: string[]; failed: number }> {
  const { runsDir, store, report, older } = options;
  const directories = closeStaleRuns(runsDir, options).map(({ directory }) => directory);
  let missing: string[];
  try {
    missing = await unloadedRuns(directories, store, { report, older });
  } catch (error) {
    // For example, another program may hold the store: waiting for it once is enough.
    report(
      `earlier runs are not looked for in the store, the next run does it: ${messageOf(error)}`,
    );
    return { loaded: [], failed: directories.length };
  }
  const loaded: string[] = [];
  for (const directory of missing) {
    try {
      loaded.push(await keep(directory, store, report));
    } catch (error) {
      report(`${directory} could not be loaded and is passed by: ${messageOf(error)}`);
    }
  }
  return { loaded, failed: missing.length - loaded.length };
}
