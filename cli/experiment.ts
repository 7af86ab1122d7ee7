import path from "node:path";
import { Failure } from "../base/failure";
import { type RunOutcome, runExperiment } from "../experiments/run";
import { barProgress, lineProgress } from "../experiments/run/progress";
import { keep, keepEarlierRuns, runsBeside } from "./earlier-runs";
import { readHandle } from "./handle-file";
import { abortOnInterrupt, Interrupted } from "./interrupt";
import { reportTo } from "./progress";

function unsuccessful(outcome: RunOutcome): Failure {
  const { status, runId, reason, directory } = outcome;
  const message = `run ${runId} ${status}: ${reason ?? "no reason known"}`;
  return status === "interrupted"
    ? new Interrupted(message)
    : new Failure(message, { remedy: `its records are in the store and in ${directory}` });
}

/**
 * Runs the handle's experiment and loads every run as soon as it has ended, including runs that failed,
 * or that were killed earlier. A run that cannot be loaded does not keep the next one from running.
 */
export async function runFromHandle(
  source: string,
  { runs, takeOver }: { readonly runs?: string; readonly takeOver?: string },
): Promise<void> {
  const report = reportTo();
  const signal = abortOnInterrupt();
  const handle = await readHandle(source);
  const store = path.resolve(handle.store);
  const runsDir = runs === undefined ? runsBeside(store) : path.resolve(runs);
  const { experiment } = handle;
  await keepEarlierRuns({ runsDir, store, report, experiment, takeOver, older: false });
  const unloaded: unknown[] = [];
  const outcomes = await runExperiment(handle, {
    report,
    progress: process.stderr.isTTY ? barProgress(process.stderr) : lineProgress(report),
    log: { level: "warn", color: process.stderr.isTTY === true },
    signal,
    runsDir,
    takeOver,
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
