import { setTimeout as delay } from "node:timers/promises";
import type { Reporter } from "../../base/reporter";
import { RemoteError } from "../remote/executor";
import type { QueuedJob, SchedulerAdapter } from "../schedulers/adapter";
import { ClusterNotReady } from "../schedulers/not-ready";

/** A cancelled job may take the scheduler's kill wait (30 s by default in Slurm) to go. */
const GONE_MS = 90_000;
const LOOK_EVERY_MS = 1_000;
const SECOND_LOOK_MS = 4_000;

export interface CancelOptions {
  readonly deadlineMs?: number;
  /**
   * A request of which nobody knows the answer may still become a job: an empty queue counts only
   * when a second look, a few seconds later, finds it empty too.
   */
  readonly requestsOpen?: boolean;
  readonly secondLookMs?: number;
}

/**
 * Cancels jobs that match, again and again until none is queued. A look that fails is no empty queue.
 * @returns the ids that were cancelled.
 * @throws ClusterNotReady when some are still there at the deadline. @throws RemoteError when the
 * queue cannot be looked at by then.
 */
export async function cancelUntilGone(
  adapter: SchedulerAdapter,
  matches: (job: QueuedJob) => boolean,
  options: CancelOptions = {},
): Promise<string[]> {
  const { deadlineMs = GONE_MS, requestsOpen = false, secondLookMs = SECOND_LOOK_MS } = options;
  const cancelled = new Set<string>();
  const until = performance.now() + deadlineMs;
  for (let empty = 0; ; ) {
    let left: QueuedJob[];
    try {
      left = (await adapter.queue()).filter(matches);
    } catch (error) {
      if (!(error instanceof RemoteError) || performance.now() > until) throw error;
      await delay(LOOK_EVERY_MS);
      continue;
    }
    empty = left.length === 0 ? empty + 1 : 0;
    if (empty > Number(requestsOpen)) return [...cancelled];
    if (empty > 0) {
      await delay(secondLookMs);
      continue;
    }
    if (performance.now() > until) {
      const ids = left.map((job) => `${job.schedulerJob} (${job.state})`).join(", ");
      throw new ClusterNotReady(`jobs do not go away after being cancelled: ${ids}`, {
        remedy: "See the log of the node daemon on their nodes.",
      });
    }
    const fresh = left.filter((job) => !cancelled.has(job.schedulerJob));
    if (fresh.length > 0) {
      await adapter.cancel(fresh.map((job) => job.schedulerJob));
      for (const job of fresh) cancelled.add(job.schedulerJob);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/**
 * Makes sure that the cluster is idle: submitters of former runs are ended, then their jobs are
 * cancelled; others' jobs are left alone. In between, `nodesBack` gets the nodes back: a job is not gone
 * before a node on which it ran has said so.
 * @throws ClusterNotReady when others' jobs are in the queue.
 */
export async function clearLeftovers(
  adapter: SchedulerAdapter,
  report: Reporter,
  nodesBack: () => Promise<void> = async () => {},
): Promise<void> {
  const requestsOpen = (await adapter.fence()) > 0;
  const queue = await adapter.queue();
  const foreign = queue.filter((job) => job.run === null);
  if (foreign.length > 0) {
    const some = foreign.slice(0, 5).map((job) => `${job.schedulerJob} of ${job.user}`);
    throw new ClusterNotReady(
      `the cluster is not idle: ${foreign.length} jobs that no run of schedlab submitted (${some.join(", ")})`,
      { remedy: "Wait until they have ended or cancel them; they would blur the measurement." },
    );
  }
  await nodesBack();
  if (queue.length === 0 && !requestsOpen) return;
  if (requestsOpen) report("a former run was killed in the middle of a submission");
  if (queue.length > 0) {
    report(`cancelling ${queue.length} jobs that a former run left in the queue`);
  }
  await cancelUntilGone(adapter, (job) => job.run !== null, { requestsOpen });
}
