import path from "node:path";
import { type RunOutcome, runExperiment } from "../experiments/run";
import { barProgress, lineProgress } from "../experiments/run/progress";
import { closeStaleRuns } from "../experiments/run/stale";
import { loadRun } from "../experiments/store/load";
import { Failure } from "../host/failure";
import type { Report } from "../host/report";
import { failedText } from "./audit-table";
import { auditLoaded } from "./audited";
import { readHandle } from "./handle-file";
import { abortOnInterrupt, Interrupted } from "./interrupt";
import { reportTo } from "./progress";
import { simulateLoaded } from "./simulated";

function unsuccessful(outcome: RunOutcome): Failure {
  const { status, runId, reason, directory } = outcome;
  const message = `run ${runId} ${status}: ${reason ?? "no reason known"}`;
  return status === "interrupted"
    ? new Interrupted(message)
    : new Failure(message, { remedy: `its records are in the store and in ${directory}` });
}

/**
 * Loads a run with its audit and its simulations. The run's own rows are in the store before, and what
 * fails after that takes nothing away: it is reported.
 */
async function keep(directory: string, store: string, report: Report): Promise<void> {
  const { runId } = await loadRun(directory, store, { report });
  await auditLoaded(store, runId, report)
    .then((audit) => {
      for (const line of failedText(audit ?? [])) report(`run ${runId}: ${line}`);
    })
    .catch((error: unknown) => {
      report(`run ${runId} is loaded, but not audited: ${String(error)}`);
    });
  await simulateLoaded(store, runId, report).catch((error: unknown) => {
    report(`run ${runId} is loaded, but not simulated: ${String(error)}`);
  });
}

/**
 * Runs the handle's experiment and loads every run as soon as it has ended, also one that failed or
 * was killed before. A run that cannot be loaded does not keep the next one from running.
 */
export async function runFromHandle(source: string, runs: string | undefined): Promise<void> {
  const report = reportTo();
  const signal = abortOnInterrupt();
  const handle = await readHandle(source);
  const store = path.resolve(handle.store);
  const runsDir = runs === undefined ? path.join(path.dirname(store), "runs") : path.resolve(runs);
  for (const killed of closeStaleRuns(runsDir, handle.experiment, Date.now())) {
    report(`run ${killed} was killed: marked as interrupted`);
    await keep(path.join(runsDir, killed), store, report);
  }
  const unloaded: unknown[] = [];
  const outcomes = await runExperiment(handle, {
    report,
    progress: process.stderr.isTTY ? barProgress(process.stderr) : lineProgress(report),
    log: { level: "warn", color: process.stderr.isTTY === true },
    signal,
    runsDir,
    onRunEnd: async ({ directory, runId }) => {
      await keep(directory, store, report).catch((error: unknown) => {
        report(`run ${runId} could not be loaded; its records are in ${directory}`);
        unloaded.push(error);
      });
    },
  });
  console.log(JSON.stringify({ store, runs: outcomes }));
  if (unloaded.length > 0) throw unloaded[0];
  const last = outcomes.at(-1);
  if (last !== undefined && last.status !== "completed") throw unsuccessful(last);
}
