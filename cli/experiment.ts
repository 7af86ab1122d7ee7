import { readFile } from "node:fs/promises";
import path from "node:path";
import { text as readStream } from "node:stream/consumers";
import { type RunOutcome, runExperiment } from "../experiments/run";
import { barProgress, lineProgress } from "../experiments/run/progress";
import { closeStaleRuns } from "../experiments/run/stale";
import { loadRun } from "../experiments/store/load";
import { Failure } from "../host/failure";
import { type Handle, handleSchema } from "../infra/handle";
import { abortOnInterrupt, Interrupted } from "./interrupt";
import { reportTo } from "./progress";

/** @throws Failure when it is no handle; the message never holds the access key. */
async function readHandle(source: string): Promise<Handle> {
  const json = source === "-" ? await readStream(process.stdin) : await readFile(source, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Failure("the handle is not JSON", {
      remedy: "pulumi stack output handle --json --show-secrets | npx schedlab run --handle -",
    });
  }
  const parsed = handleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: place, message }) => `${place.join(".")}: ${message}`,
  );
  throw new Failure("the handle is not one of this version of schedlab", {
    detail: problems.join("\n"),
  });
}

function unsuccessful(outcome: RunOutcome): Failure {
  const { status, runId, reason, directory } = outcome;
  const message = `run ${runId} ${status}: ${reason ?? "no reason known"}`;
  return status === "interrupted"
    ? new Interrupted(message)
    : new Failure(message, { remedy: `its records are in the store and in ${directory}` });
}

/** Runs the handle's experiment and loads every run, also one that failed or was killed before. */
export async function runFromHandle(source: string, runs: string | undefined): Promise<void> {
  const report = reportTo();
  const signal = abortOnInterrupt();
  const handle = await readHandle(source);
  const store = path.resolve(handle.store);
  const runsDir = runs === undefined ? path.join(path.dirname(store), "runs") : path.resolve(runs);
  for (const killed of closeStaleRuns(runsDir, handle.experiment, Date.now())) {
    report(`run ${killed} was killed: marked as interrupted`);
    await loadRun(path.join(runsDir, killed), store, { report });
  }
  const outcomes = await runExperiment(handle, {
    report,
    progress: process.stderr.isTTY ? barProgress(process.stderr) : lineProgress(report),
    log: { level: "warn", color: process.stderr.isTTY === true },
    signal,
    runsDir,
  });
  for (const { directory } of outcomes) await loadRun(directory, store, { report });
  console.log(JSON.stringify({ store, runs: outcomes }));
  const last = outcomes.at(-1);
  if (last !== undefined && last.status !== "completed") throw unsuccessful(last);
}
