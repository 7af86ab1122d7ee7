import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { type Executor, runChecked } from "../../experiments/remote/executor";
import { newRunId } from "../../experiments/run/directory";
import { cancelUntilGone, clearLeftovers } from "../../experiments/run/leftovers";
import { liveCluster } from "../../experiments/run/live-cluster";
import { nodeDirectory, setUpNodes, tidyNodes } from "../../experiments/run/node-setup";
import type { SchedulerAdapter, Submission } from "../../experiments/schedulers/adapter";
import { controllerOf } from "../../experiments/schedulers/controller";
import { createAdapter } from "../../experiments/schedulers/registry";
import type { Handle } from "../../infra/handle";
import { clockFactor } from "../../spec/clock";
import { isEmulated } from "../../spec/emulated";
import { specFacts } from "../../spec/schedulers/facts";
import { userNames } from "../../spec/users";
import { randomStreams } from "../../workloads/models/random";
import type { Ask } from "./cycle";
import { cycleCounters } from "./cycles";
import type { JobShape } from "./jobs";
import { type Options, placesOn } from "./options";
import { type Bench, idleCores, measureAt } from "./phases";
import type { Result, Row } from "./result";
import { StandingQueue } from "./standing-queue";

const CALL_MS = 120_000;
const GRACE_MS = 10_000;

/**
 * Measures at every length, one after another on the same queue. `publish` gets what was measured, once and before
 * the jobs are taken back, also when a failure left fewer lengths than were asked for; nothing when it left none.
 * `stop` ends it early: it is aborted here, too, when the scheduler is lost.
 * @throws Failure when something cannot be measured on this cluster; RemoteError; the reason of `stop`.
 */
export async function measureQueues(
  handle: Handle,
  executor: Executor,
  options: Options,
  stop: AbortController,
  report: Reporter,
  publish: (result: Result) => void,
): Promise<void> {
  const { cluster, spec } = handle;
  const shape = shapeOf(handle, options);
  report(
    `${shape.places} places for jobs of ${options.cores} cores, which run for ${shape.meanSeconds.toFixed(1)} s on the mean`,
  );
  const runId = newRunId(new Date());
  const directory = nodeDirectory(runId);
  const live = liveCluster(handle);
  const controller = controllerOf(live).name;
  const closers: { close(): void }[] = [];
  try {
    const adapter = createAdapter(
      { executor, cluster: live, runId, nodeDirectory: directory },
      spec.scheduler,
    );
    await clearLeftovers(adapter, report);
    const { version } = await adapter.prepare();
    const facts = await setUpNodes(executor, cluster.nodes, directory, []);
    const offsetMs = facts.get(controller)?.clock.offsetMs ?? 0;
    const submission = await adapter.openSubmission(shape.users);
    closers.push(submission);
    const queue = new StandingQueue({
      submission,
      shape,
      uniform: randomStreams(options.seed).runs,
      offsetMs,
      warning: report,
      failure: (error) => stop.abort(error),
    });
    const bench: Bench = {
      adapter,
      queue,
      counters: cycleCounters(spec.scheduler, askOn(executor, controller)),
      controller,
      offsetMs,
      places: shape.places,
      patienceMs: options.patience * 1000,
      windowMs: options.seconds * 1000,
      signal: stop.signal,
      report,
    };
    const rows: Row[] = [];
    let idle = Number.NaN;
    try {
      report(`measuring the idle daemons for ${options.idle} s`);
      idle = await idleCores(bench, options.idle);
      closers.push(await adapter.watch(queue.observer));
      for (const waiting of options.waiting) rows.push(await measureAt(bench, waiting));
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      queue.stop();
      if (rows.length > 0) {
        publish({
          scheduler: specFacts[adapter.kind].name,
          version,
          nodes: live.schedulerNodes.length,
          places: shape.places,
          cores: shape.cores,
          meanSeconds: shape.meanSeconds,
          users: shape.users.length,
          seed: options.seed,
          idleCores: idle,
          rows,
        });
      }
      await takeBack(adapter, submission, runId, report);
    }
  } finally {
    for (const closer of closers) closer.close();
    await tidyNodes(executor, cluster.nodes, directory);
  }
}

/** @throws Failure for a cluster that this cannot be measured on. */
function shapeOf(handle: Handle, { cores, rate }: Options): JobShape {
  const { topology, run, workload } = handle.spec;
  if (!isEmulated(topology)) {
    throw new Failure("the nodes of this cluster are not emulated", {
      remedy:
        "The jobs of this benchmark hold their cores without a process: set topology.nodes.emulated.",
    });
  }
  if (clockFactor(run) !== 1) {
    throw new Failure(
      "the scheduler's clock is accelerated, and its cycles would count its seconds",
      {
        remedy: "Set run.clock to real.",
      },
    );
  }
  const live = liveCluster(handle);
  // A job that names no partition is one of the first.
  const first = new Set(live.partitions[0]?.nodes);
  const nodes = live.schedulerNodes.filter(({ name }) => first.has(name));
  const places = placesOn(nodes, cores);
  return { cores, places, meanSeconds: places / rate, users: userNames(workload.users.count) };
}

function askOn(executor: Executor, controller: string): Ask {
  return async (step, script) => {
    const options = { step, deadlineMs: CALL_MS, stdin: script };
    return (await runChecked(executor, controller, "bash -s", options)).stdout;
  };
}

async function takeBack(
  adapter: SchedulerAdapter,
  submission: Submission,
  runId: string,
  report: Reporter,
): Promise<void> {
  report("taking the jobs back");
  const open = await submission.stop(GRACE_MS);
  const gone = await cancelUntilGone(adapter, (job) => job.run === runId, {
    requestsOpen: open.length > 0,
    report,
  });
  report(`${gone.length} jobs cancelled; none is left`);
}
