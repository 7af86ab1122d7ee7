import { setTimeout as delay } from "node:timers/promises";
import type { Report } from "../../host/report";
import type { QueuedJob, SchedulerAdapter } from "../schedulers/adapter";
import { ClusterNotReady } from "../schedulers/not-ready";

/** A cancelled job may take the scheduler's kill wait (30 s by default in SLURM) to go. */
const GONE_MS = 90_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Cancels jobs that match, again and again until none is queued.
 * @returns the ids that were cancelled.
 * @throws ClusterNotReady when some are still there at the deadline.
 */
export async function cancelUntilGone(
  adapter: SchedulerAdapter,
  matches: (job: QueuedJob) => boolean,
  deadlineMs = GONE_MS,
): Promise<string[]> {
  const cancelled = new Set<string>();
  const until = performance.now() + deadlineMs;
  for (;;) {
    const left = (await adapter.queue()).filter(matches);
    if (left.length === 0) return [...cancelled];
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
 * Makes sure that the cluster is idle: jobs of former runs are cancelled, others are left alone.
 * @throws ClusterNotReady when others' jobs are in the queue.
 */
export async function clearLeftovers(adapter: SchedulerAdapter, report: Report): Promise<void> {
  const queue = await adapter.queue();
  const foreign = queue.filter((job) => job.run === null);
  if (foreign.length > 0) {
    const some = foreign.slice(0, 5).map((job) => `${job.schedulerJob} of ${job.user}`);
    throw new ClusterNotReady(
      `the cluster is not idle: ${foreign.length} jobs that no run of schedlab submitted (${some.join(", ")})`,
      { remedy: "Wait until they have ended or cancel them; they would blur the measurement." },
    );
  }
  if (queue.length === 0) return;
  report(`cancelling ${queue.length} jobs that a former run left in the queue`);
  await cancelUntilGone(adapter, (job) => job.run !== null);
}
