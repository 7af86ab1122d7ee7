import type pino from "pino";
import type { Report } from "../host/report";
import type { Handle } from "../infra/handle";
import type { Executor } from "./remote/executor";
import { SshExecutor } from "./remote/ssh";
import { conductRun } from "./run/conduct";
import { newRunId, RunDirectory } from "./run/directory";
import { createRunLogger } from "./run/logger";
import { thisOwner } from "./run/owner";
import { nodeRecords, prepareRun } from "./run/prepare";
import type { Progress } from "./run/progress";
import { collectProvenance } from "./run/provenance";
import { closeStaleRuns } from "./run/stale";
import type { RunStatus } from "./store/record";

export interface RunExperimentOptions {
  /** Lines about set-up. */
  readonly report: Report;
  readonly progress: Progress;
  /** What of the run's log is shown through `progress`; the run directory has all of it. */
  readonly log: { readonly level: pino.Level; readonly color?: boolean };
  /** Ends the run in order: its jobs are cancelled, what is known is kept. */
  readonly signal: AbortSignal;
  /** Parent of the run directories. */
  readonly runsDir: string;
  /** Awaited after each run, before the next one is prepared. Throws: no further run follows. */
  readonly onRunEnd?: (outcome: RunOutcome) => Promise<void>;
  /** Connects to the cluster; for tests. */
  readonly connect?: (handle: Handle) => Executor;
}

export interface RunOutcome {
  readonly runId: string;
  /** Its run directory, to be loaded whatever the status. */
  readonly directory: string;
  readonly status: Exclude<RunStatus, "running">;
  readonly reason: string | null;
  readonly jobs: number;
  /** Jobs whose final state is not `completed`. */
  readonly failedJobs: number;
  readonly harnessLimited: boolean | null;
  readonly harnessExplanation: string | null;
}

/**
 * Runs the handle's workload `spec.run.repeat` times on its cluster, one run directory each. A run
 * that starts always comes back as an outcome, also when it failed or was interrupted; no further
 * repeat follows it.
 * @throws Failure (ClusterNotReady, RemoteError, SwfError …) when a run cannot start: nothing has been
 * submitted then.
 */
export async function runExperiment(
  handle: Handle,
  options: RunExperimentOptions,
): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  for (let repeat = 1; repeat <= handle.spec.run.repeat; repeat++) {
    const outcome = await runOnce(handle, repeat, options);
    outcomes.push(outcome);
    await options.onRunEnd?.(outcome);
    if (outcome.status !== "completed") break;
  }
  return outcomes;
}

async function runOnce(
  handle: Handle,
  repeat: number,
  options: RunExperimentOptions,
): Promise<RunOutcome> {
  const { report, signal, runsDir } = options;
  for (const stale of closeStaleRuns(runsDir, handle.experiment, Date.now())) {
    report(`run ${stale} was left behind by a harness that is gone: marked as interrupted`);
  }
  signal.throwIfAborted();
  const executor = (options.connect ?? connectBySsh)(handle);
  try {
    const runId = newRunId(new Date());
    const prepared = await prepareRun(handle, executor, runId, report);
    signal.throwIfAborted();
    const { workload, schedulerVersion, facts } = prepared;
    const directory = RunDirectory.create(
      runsDir,
      {
        version: 1,
        id: runId,
        experiment: handle.experiment,
        tupleHash: handle.tupleHash,
        repeat,
        status: "running",
        reason: null,
        startedAt: Date.now(),
        finishedAt: null,
        capacityCores: prepared.capacityCores,
        plannedJobs: workload.jobs.length,
        failedJobs: null,
        harnessLimited: null,
        harnessExplanation: null,
        provenance: await collectProvenance({ handle, workload, schedulerVersion, facts }),
      },
      thisOwner(),
    );
    directory.nodes(nodeRecords(handle, facts));
    const { level, color } = options.log;
    const logger = createRunLogger(directory.path, {
      level,
      print: (text) => options.progress.print(text),
      ...(color === undefined ? {} : { color }),
    }).child({ run: runId });
    const run = await conductRun({
      handle,
      executor,
      prepared,
      directory,
      logger,
      progress: options.progress,
      signal,
    });
    return {
      runId,
      directory: directory.path,
      status: run.status === "running" ? "interrupted" : run.status,
      reason: run.reason,
      jobs: run.plannedJobs,
      failedJobs: run.failedJobs ?? 0,
      harnessLimited: run.harnessLimited,
      harnessExplanation: run.harnessExplanation,
    };
  } finally {
    executor.close();
  }
}

function connectBySsh(handle: Handle): Executor {
  const { nodes, user, privateKey } = handle.cluster;
  return new SshExecutor(nodes, { user, privateKey });
}
