import type pino from "pino";
import type { Reporter } from "../base/reporter";
import type { Handle } from "../infra/handle";
import type { RunStatus } from "../store/record";
import type { Executor } from "./remote/executor";
import { SshExecutor } from "./remote/ssh";
import { ClusterLock } from "./run/cluster-lock";
import { conductRun } from "./run/conduct";
import { newRunId, RunDirectory } from "./run/directory";
import { createRunLogger } from "./run/logger";
import { nodeRecords } from "./run/node-records";
import { thisOwner } from "./run/owner";
import { prepareRun } from "./run/prepare";
import type { Progress } from "./run/progress";
import { collectProvenance } from "./run/provenance";
import { controllerOf } from "./schedulers/controller";

export interface RunExperimentOptions {
  /** Lines about set-up. */
  readonly report: Reporter;
  readonly progress: Progress;
  /** What of the run's log is shown through `progress`; the run directory has all of it. */
  readonly log: { readonly level: pino.Level; readonly color?: boolean };
  /** Ends the run in an orderly way: its jobs are cancelled, and what is known is kept. */
  readonly signal: AbortSignal;
  /** Parent of the run directories. */
  readonly runsDir: string;
  /** Awaited after each run, before the next one is prepared. Throws: no further run follows. */
  readonly onRunEnd?: (outcome: RunOutcome) => Promise<void>;
  /** A run whose harness is to be treated as dead: the lock of the cluster is taken from it. */
  readonly takeOver?: string | undefined;
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
 * Runs the handle's workload `spec.run.repeat` times on its cluster, one run directory each, under
 * the cluster's lock. A run that starts always comes back as an outcome, also when it failed or was
 * interrupted; no further repeat follows it.
 * @throws ClusterInUse while another harness holds the lock; Failure (ClusterNotReady, RemoteError,
 * SwfError …) when a run cannot start: nothing has been submitted then.
 */
export async function runExperiment(
  handle: Handle,
  options: RunExperimentOptions,
): Promise<RunOutcome[]> {
  const { report, runsDir, takeOver } = options;
  options.signal.throwIfAborted();
  const executor = (options.connect ?? connectBySsh)(handle);
  try {
    let runId = newRunId(new Date());
    const lock = await ClusterLock.take(executor, {
      cluster: handle.cluster.name,
      controller: controllerOf(handle.cluster).name,
      experiment: handle.experiment,
      run: runId,
      runsDir,
      report,
      takeOver,
    });
    try {
      const signal = AbortSignal.any([options.signal, lock.lost]);
      const outcomes: RunOutcome[] = [];
      for (let repeat = 1; repeat <= handle.spec.run.repeat; repeat++) {
        if (repeat > 1) {
          runId = newRunId(new Date());
          lock.describe(runId);
        }
        const outcome = await runOnce(handle, { runId, repeat }, executor, { ...options, signal });
        outcomes.push(outcome);
        await options.onRunEnd?.(outcome);
        if (outcome.status !== "completed") break;
      }
      return outcomes;
    } finally {
      await lock.release();
    }
  } finally {
    executor.close();
  }
}

async function runOnce(
  handle: Handle,
  { runId, repeat }: { readonly runId: string; readonly repeat: number },
  executor: Executor,
  options: RunExperimentOptions,
): Promise<RunOutcome> {
  const { report, signal, runsDir } = options;
  signal.throwIfAborted();
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
      repeat: handle.campaign?.repeat ?? repeat,
      campaign: handle.campaign
        ? { name: handle.campaign.name, position: handle.campaign.position }
        : null,
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
    { owner: thisOwner(), nodes: nodeRecords(handle, facts) },
  );
  const { level, color } = options.log;
  const log = createRunLogger(directory.path, {
    level,
    print: (text) => options.progress.print(text),
    ...(color === undefined ? {} : { color }),
  });
  const run = await conductRun({
    handle,
    executor,
    prepared,
    directory,
    logger: log.logger.child({ run: runId }),
    progress: options.progress,
    signal,
  }).finally(() => log.close());
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
}

function connectBySsh(handle: Handle): Executor {
  const { nodes, user, privateKey } = handle.cluster;
  return new SshExecutor(nodes, { user, privateKey });
}
