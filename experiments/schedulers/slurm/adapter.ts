import { shellQuote } from "../../../base/quote";
import type { Scheduler } from "../../../spec/scheduler";
import { slurmFacts } from "../../../spec/schedulers/slurm/facts";
import type { WorkloadJob } from "../../../workloads/job";
import { RemoteError, runChecked } from "../../remote/executor";
import { follow } from "../../remote/follow";
import {
  type AdapterContext,
  type Capabilities,
  type Observer,
  SAMPLE_MS,
  type SchedulerAdapter,
} from "../adapter";
import { controllerOf } from "../controller";
import { daemonCosts } from "../daemons";
import { claimsCommand } from "../lanes/claims";
import { fenceSubmitters, openSubmitters } from "../lanes/submission";
import { ClusterNotReady } from "../not-ready";
import { requeueRule } from "../requeue";
import { accountingCommand, parseAccounting } from "./accounting";
import { policyAsks } from "./asks";
import { COMPLETION_LOG, type CompletionRecord, parseCompletion } from "./completion";
import { estimatesCommand, parseEstimates } from "./estimates";
import { openHolder } from "./holder";
import { internalsCommand, parseInternals } from "./internals";
import { LastRecords } from "./last-record";
import { slurmMembership } from "./membership";
import { awaitUsableNodes, forgetUsage, readinessCommand } from "./nodes";
import { exempt } from "./power";
import { parseQueue, parseStates, queueCommand, statesCommand } from "./queue";
import { librarySubmitter, slurmSubmitter } from "./submitter";

const CALL_MS = 60_000;
const DAEMONS = ["slurmctld", "slurmdbd", "slurmd", "munged", "mariadbd"];
const CANCEL_AT_ONCE = 200;

/**
 * jobcomp has whole seconds, and only when the job has ended; the wrapper has milliseconds. Time
 * limits count in minutes: a limit of 5 s is one of 60 s to slurmctld and to its backfill.
 */
const capabilities: Capabilities = {
  resolutionMs: { submit: 1000, eligible: 1000, start: 1000, end: 1000 },
  liveMoments: false,
  limitResolutionSeconds: slurmFacts.limitResolutionSeconds,
  wraps: true,
  dependencies: "native",
};

/** Slurm through its own commands on the controller, and its completion log. */
export function slurmAdapter(
  context: AdapterContext,
  scheduler: Extract<Scheduler, { kind: "slurm" }>,
): SchedulerAdapter {
  const { executor, cluster, runId } = context;
  const controller = controllerOf(cluster).name;
  const emulated = cluster.schedulerNodes.some((node) => node.emulated);
  const compute = cluster.nodes.flatMap(({ role, name }) => (role === "compute" ? [name] : []));
  const powerSaving = [...cluster.elastic.values()].some(({ policy }) => policy.kind === "native");
  const { preemption } = scheduler.policy;
  const preempts = preemption.type !== "off" && preemption.mode === "requeue";
  const requeue = preempts || [...cluster.elastic.values()].some((p) => p.leaving === "requeue");
  const sendsBack = requeueRule(cluster);
  const script = {
    runId,
    directory: context.nodeDirectory,
    requeues: (job: WorkloadJob) => preempts || sendsBack(job),
    asks: policyAsks(scheduler.policy),
  };
  const onController = (step: string, command: string, deadlineMs = CALL_MS) =>
    runChecked(executor, controller, command, { step, deadlineMs });

  return {
    kind: "slurm",
    capabilities,

    async prepare() {
      const version = await awaitUsableNodes(
        controller,
        cluster.schedulerNodes.map(({ name }) => name),
        async () => (await onController("ask Slurm for its nodes", readinessCommand)).stdout,
      );
      if (emulated) await checkLibrary(context, controller);
      await onController("reset the users' fair-share usage", forgetUsage);
      return { version };
    },

    async watch(observer) {
      const completions = await watchCompletions(context, controller, requeue, observer);
      if (!emulated) return completions;
      return withHolder(context, controller, observer, completions);
    },

    openSubmission: (users) =>
      openSubmitters(
        executor,
        controller,
        users,
        emulated ? librarySubmitter(script) : slurmSubmitter(script),
      ),

    async queue() {
      return parseQueue((await onController("list the queue", queueCommand)).stdout);
    },

    async accounting() {
      const command = accountingCommand(runId, COMPLETION_LOG);
      const step = "ask Slurm for the run's jobs";
      const jobs = parseAccounting((await onController(step, command)).stdout, runId);
      if (jobs !== null) return jobs;
      throw new RemoteError("the answer is cut off", { host: controller, step, command });
    },

    async fence() {
      // A harness that was killed may have left it to slurmctld to suspend nodes: nobody does it.
      if (powerSaving) await exempt(executor, controller, compute);
      return fenceSubmitters(executor, controller, context.nodeDirectory);
    },

    async cancel(schedulerJobs) {
      for (let at = 0; at < schedulerJobs.length; at += CANCEL_AT_ONCE) {
        const ids = schedulerJobs.slice(at, at + CANCEL_AT_ONCE).map(shellQuote);
        // A job that ended meanwhile makes scancel fail; the others are cancelled all the same.
        await onController("cancel jobs", `scancel --quiet ${ids.join(" ")} || true`);
      }
    },

    daemons: (options = {}) =>
      daemonCosts(executor, cluster.nodes, DAEMONS, options.resetPeak ?? false),

    async estimates() {
      const step = "ask Slurm when it expects jobs to start";
      const { stdout } = await onController(step, estimatesCommand, SAMPLE_MS);
      return parseEstimates(stdout, runId);
    },

    async internals() {
      const { stdout } = await onController("read Slurm's counters", internalsCommand, SAMPLE_MS);
      return parseInternals(stdout);
    },

    membership: slurmMembership(executor, cluster),
  };
}

/** @throws ClusterNotReady when the image has no Perl with Slurm's library, which emulated clusters need. */
async function checkLibrary({ executor }: AdapterContext, controller: string): Promise<void> {
  const { code } = await executor.run(controller, "perl -MSlurm -e 1", {
    step: "look for Slurm's library",
    deadlineMs: CALL_MS,
  });
  if (code === 0) return;
  throw new ClusterNotReady(`${controller} has no Perl module Slurm, which takes the jobs`, {
    remedy: "Take an image with Debian's package libslurm-perl, or one that is made here.",
  });
}

/** Beside the completions, what ends the jobs that have no process. */
async function withHolder(
  { executor, runId, nodeDirectory }: AdapterContext,
  controller: string,
  observer: Observer,
  completions: { close(): void },
): Promise<{ close(): void }> {
  try {
    await runChecked(executor, controller, claimsCommand(nodeDirectory), {
      step: "make room for the submitters' claims",
      deadlineMs: CALL_MS,
    });
    const held = { runId, directory: nodeDirectory };
    const holder = await openHolder(executor, controller, held, (message) =>
      observer.warning(message),
    );
    return {
      close: () => {
        holder.close();
        completions.close();
      },
    };
  } catch (error) {
    completions.close();
    throw error;
  }
}

/** The completion log from its present end; jobs of other runs are passed over. */
async function watchCompletions(
  { executor, runId }: AdapterContext,
  controller: string,
  requeue: boolean,
  observer: Observer,
): Promise<{ close(): void }> {
  const { stdout } = await runChecked(executor, controller, `stat -c %s ${COMPLETION_LOG}`, {
    step: "find the end of the completion log",
    deadlineMs: CALL_MS,
  });
  const deliver = ({ moments, outcome }: CompletionRecord) => {
    for (const moment of moments) observer.moment(moment);
    observer.outcome(outcome);
  };
  const former = ({ moments }: CompletionRecord) => {
    for (const moment of moments) {
      if (moment.event === "start" || moment.event === "end") {
        observer.moment({ ...moment, former: true });
      }
    }
  };
  const last = new LastRecords({
    deliver,
    former,
    states: async () => {
      const { stdout } = await runChecked(executor, controller, statesCommand, {
        step: "ask whether jobs were requeued",
        deadlineMs: CALL_MS,
      });
      return parseStates(stdout);
    },
    warn: (message) => observer.warning(message),
  });
  const log = await follow(executor, {
    host: controller,
    file: COMPLETION_LOG,
    step: "follow the completion log",
    offset: Number(stdout.trim()),
    onLine: (line) => {
      const record = parseCompletion(line);
      if (record === null || record.run !== runId) return;
      if (requeue) last.record(record);
      else deliver(record);
    },
    onInterruption: (error) => observer.warning(error.message),
    onFailure: (error) => observer.failure(error),
  });
  return {
    close: () => {
      last.close();
      log.close();
    },
  };
}
