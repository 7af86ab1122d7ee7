import { setTimeout as delay } from "node:timers/promises";
import type { Reporter } from "../../base/reporter";
import { RemoteError } from "../remote/executor";
import type { QueuedJob, SchedulerAdapter } from "../schedulers/adapter";
import { ClusterNotReady } from "../schedulers/not-ready";

/** How long no job may go; a cancelled one may take the scheduler's kill wait (30 s by default in Slurm). */
const GONE_MS = 90_000;
const LOOK_EVERY_MS = 1_000;
/**
 * Between two looks at a long queue, in times of a look: else the looks are what keeps the scheduler busy. Within the
 * deadline there are at least as many looks.
 */
const REST = 4;
const SECOND_LOOK_MS = 4_000;
/** So that no call comes near its deadline. */
const CANCEL_AT_ONCE = 500;
const REPORT_EVERY_MS = 10_000;
/** Jobs that an error names. */
const NAMED = 5;

export interface CancelOptions {
  /** Without any job going. */
  readonly deadlineMs?: number;
  /**
   * A request of which nobody knows the answer may still become a job: an empty queue counts only
   * when a second look, a few seconds later, finds it empty too.
   */
  readonly requestsOpen?: boolean;
  readonly secondLookMs?: number;
  /** Told how many jobs are left, now and then. */
  readonly report?: Reporter;
  readonly clock?: Clock;
}

/** In milliseconds; tests have one of their own. */
export interface Clock {
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<unknown>;
}

const steady: Clock = { now: () => performance.now(), delay: (ms) => delay(ms) };

/**
 * Cancels jobs that match, again and again until none is queued, the youngest first: otherwise those that wait would
 * get the places of those that were cancelled. A look that fails is no empty queue.
 * @returns the ids that were cancelled.
 * @throws ClusterNotReady when some are still there and none has gone for as long as the deadline says.
 * @throws RemoteError when the queue cannot be looked at for as long.
 */
export async function cancelUntilGone(
  adapter: SchedulerAdapter,
  matches: (job: QueuedJob) => boolean,
  options: CancelOptions = {},
): Promise<string[]> {
  const { deadlineMs = GONE_MS, requestsOpen = false, secondLookMs = SECOND_LOOK_MS } = options;
  const { report: whole, clock = steady } = options;
  const report = seldom(clock, whole);
  const cancelled = new Set<string>();
  let until = clock.now() + deadlineMs;
  let fewest = Number.POSITIVE_INFINITY;
  for (let empty = 0; ; ) {
    const began = clock.now();
    let left: QueuedJob[];
    try {
      left = (await adapter.queue()).filter(matches);
    } catch (error) {
      if (!(error instanceof RemoteError) || clock.now() > until) throw error;
      await clock.delay(LOOK_EVERY_MS);
      continue;
    }
    const now = clock.now();
    empty = left.length === 0 ? empty + 1 : 0;
    if (empty > Number(requestsOpen)) return [...cancelled];
    if (empty > 0) {
      await clock.delay(secondLookMs);
      continue;
    }
    if (left.length < fewest) {
      fewest = left.length;
      until = now + deadlineMs;
    }
    if (now > until) throw stuck(left);
    report(`${left.length} jobs are in the queue`);
    const fresh = left
      .filter((job) => !cancelled.has(job.schedulerJob))
      .sort((one, other) => (other.job ?? 0) - (one.job ?? 0));
    for (let at = 0; at < fresh.length; at += CANCEL_AT_ONCE) {
      report(`${fresh.length - at} jobs to cancel`);
      const ids = fresh.slice(at, at + CANCEL_AT_ONCE).map((job) => job.schedulerJob);
      await adapter.cancel(ids);
      for (const id of ids) cancelled.add(id);
      until = clock.now() + deadlineMs;
    }
    const rest = Math.min(REST * (now - began), deadlineMs / REST);
    await clock.delay(Math.max(LOOK_EVERY_MS, rest));
  }
}

/** Not at once, and then with pauses. */
function seldom(clock: Clock, report: Reporter = () => {}): Reporter {
  let next = clock.now() + REPORT_EVERY_MS;
  return (text) => {
    if (clock.now() < next) return;
    report(text);
    next = clock.now() + REPORT_EVERY_MS;
  };
}

function stuck(left: readonly QueuedJob[]): ClusterNotReady {
  const some = left.slice(0, NAMED).map((job) => `${job.schedulerJob} (${job.state})`);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : "";
  return new ClusterNotReady(
    `jobs do not go away after being cancelled: ${some.join(", ")}${more}`,
    { remedy: "See the log of the node daemon on their nodes." },
  );
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
    const some = foreign.slice(0, NAMED).map((job) => `${job.schedulerJob} of ${job.user}`);
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
  await cancelUntilGone(adapter, (job) => job.run !== null, { requestsOpen, report });
}
