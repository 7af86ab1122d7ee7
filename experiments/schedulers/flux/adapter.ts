import { shellFile } from "../../../base/shell-script";
import type { Scheduler } from "../../../spec/scheduler";
import { fluxFacts } from "../../../spec/schedulers/flux/facts";
import { RemoteError, runChecked } from "../../remote/executor";
import {
  type AdapterContext,
  type Capabilities,
  type DaemonCost,
  SAMPLE_MS,
  type SchedulerAdapter,
} from "../adapter";
import { controllerOf } from "../controller";
import { daemonCosts } from "../daemons";
import { fenceSubmitters, openSubmitters } from "../lanes/submission";
import { estimatesCommand, parseEstimates } from "./estimates";
import { type FluxJob, readJournal } from "./events";
import { internalsCommand, parseInternals } from "./internals";
import { fluxMembership } from "./membership";
import { awaitUsableNodes } from "./nodes";
import { accountedJobs, queuedJobs } from "./outcome";
import { fluxPython } from "./python";
import { fluxSubmitter } from "./submitter";
import { namePrefix, watchJournal } from "./watch";

const CALL_MS = 60_000;
const EVERY_JOB = "";

const capabilities: Omit<Capabilities, "wraps"> = {
  // Microseconds.
  resolutionMs: { submit: 0.001, eligible: 0.001, start: 0.001, end: 0.001 },
  liveMoments: true,
  limitResolutionSeconds: fluxFacts.limitResolutionSeconds,
  dependencies: "native",
};

/** Flux through its Python interface on the controller, whose broker is that of rank 0. */
export function fluxAdapter(
  context: AdapterContext,
  _scheduler: Extract<Scheduler, { kind: "flux" }>,
): SchedulerAdapter {
  const { executor, cluster, runId } = context;
  const controller = controllerOf(cluster).name;
  const emulated = cluster.schedulerNodes.some((node) => node.emulated);
  const submitter = fluxSubmitter({
    runId,
    directory: context.nodeDirectory,
    queues: cluster.partitions.length > 1,
    emulated,
  });
  const onController = (step: string, command: string, stdin?: string) =>
    runChecked(executor, controller, command, {
      step,
      deadlineMs: CALL_MS,
      ...(stdin === undefined ? {} : { stdin }),
    });

  const sample = (step: string, command: string) =>
    runChecked(executor, controller, command, { step, deadlineMs: SAMPLE_MS });

  const journal = async (step: string, prefix: string): Promise<FluxJob[]> => {
    const command = fluxPython("journal.py", "once", prefix);
    const jobs = readJournal((await onController(step, command)).stdout);
    if (jobs !== null) return jobs;
    throw new RemoteError("the answer is cut off", { host: controller, step, command });
  };

  return {
    kind: "flux",
    capabilities: { ...capabilities, wraps: !emulated },

    async prepare() {
      const look = async () =>
        (await onController("ask Flux for its nodes", shellFile(__dirname, "nodes.sh"))).stdout;
      return {
        version: await awaitUsableNodes(
          cluster.schedulerNodes.map(({ name }) => name),
          look,
        ),
      };
    },

    watch: (observer) => watchJournal({ executor, controller, runId, observer }),

    openSubmission: (users) => openSubmitters(executor, controller, users, submitter),

    queue: async () => queuedJobs(await journal("list the queue", EVERY_JOB)),

    accounting: async () =>
      accountedJobs(await journal("ask Flux for the run's jobs", namePrefix(runId)), runId),

    fence: () => fenceSubmitters(executor, controller, context.nodeDirectory),

    async cancel(schedulerJobs) {
      const ids = schedulerJobs.map((id) => `${id}\n`).join("");
      await onController("cancel jobs", fluxPython("cancel.py"), ids);
    },

    async daemons(options = {}) {
      // Emulated nodes have no brokers: the controller's is the only one.
      const hosts = emulated
        ? cluster.nodes.filter(({ role }) => role === "controller")
        : cluster.nodes;
      // A broker's process has its rank in its name.
      const brokers = hosts.map((_node, rank) => `flux-broker-${rank}`);
      const names = [...brokers, "munged"];
      const costs = await daemonCosts(executor, hosts, names, options.resetPeak ?? false);
      return costs.map(withoutRank);
    },

    async estimates() {
      const { stdout } = await sample("ask Flux when it expects jobs to start", estimatesCommand);
      return parseEstimates(stdout, runId);
    },

    internals: async () =>
      parseInternals((await sample("read Flux's counters", internalsCommand)).stdout),

    membership: fluxMembership({ executor, cluster, controller }),
  };
}

function withoutRank(cost: DaemonCost): DaemonCost {
  return { ...cost, daemon: cost.daemon.replace(/^(flux-broker)-\d+$/, "$1") };
}
