import path from "node:path";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { type RunOutcome, runExperiment } from "../experiments/run";
import { barProgress, lineProgress } from "../experiments/run/progress";
import type { Handle } from "../infra/handle";
import { keep, keepEarlierRuns, runsBeside } from "./earlier-runs";
import { readHandle } from "./handle-file";
import { abortOnInterrupt, Interrupted } from "./interrupt";
import { reportTo } from "./progress";
import { handleOfStack } from "./pulumi/handle";

function unsuccessful(outcome: RunOutcome): Failure {
  const { status, runId, reason, directory } = outcome;
  const message = `run ${runId} ${status}: ${reason ?? "no reason known"}`;
  return status === "interrupted"
    ? new Interrupted(message)
    : new Failure(message, { remedy: `its records are in the store and in ${directory}` });
}

interface RunPlaces {
  readonly runs?: string;
  readonly takeOver?: string;
}

/** Runs the experiment of a stack that is up. */
export async function runOnStack(stack: string, places: RunPlaces): Promise<void> {
  const report = reportTo();
  await runHandle(await handleOfStack(stack, report), places, report);
}

export async function runFromHandle(source: string, places: RunPlaces): Promise<void> {
  await runHandle(await readHandle(source), places, reportTo());
}

/**
 * Runs the handle's experiment and loads every run as soon as it has ended, including runs that failed,
 * or that were killed earlier. A run that cannot be loaded does not keep the next one from running.
 */
async function runHandle(
  handle: Handle,
  { runs, takeOver }: RunPlaces,
  report: Reporter,
): Promise<void> {
  const signal = abortOnInterrupt();
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
