import { RemoteError } from "../remote/executor";
import type { SchedulerAdapter } from "../schedulers/adapter";
import type { JobBook } from "./book";
import { orStopped } from "./stop";

/** The queue is asked only after this long without any news. */
const QUIET_MS = 15_000;
/** Looks, apart by QUIET_MS, at which a job has to be missing before it counts as lost. */
const MISSING_LOOKS = 2;
const WRAPPER_GRACE_MS = 5_000;

export interface DrainOptions {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly quietMs?: number;
}

/**
 * Waits until every job is final. A job that is neither in the queue nor in the scheduler's records is
 * given up as lost.
 * @throws RunStopped when the signal aborts first.
 */
export async function drain(
  book: JobBook,
  adapter: SchedulerAdapter,
  options: DrainOptions,
): Promise<void> {
  const missing = new Map<number, number>();
  while (!book.allFinal()) {
    if (await orStopped(changeWithin(book, options.quietMs ?? QUIET_MS), options.signal)) continue;
    let queued: Set<number | null>;
    try {
      const queue = await orStopped(adapter.queue(), options.signal);
      queued = new Set(queue.flatMap((job) => (job.run === options.runId ? [job.job] : [])));
    } catch (error) {
      // The streams notice a controller that is gone for good; the deadline bounds the rest.
      if (!(error instanceof RemoteError)) throw error;
      options.warn(error.message);
      continue;
    }
    for (const { job, state } of book.unfinished()) {
      if (state === "planned") continue;
      const looks = queued.has(job) ? 0 : (missing.get(job) ?? 0) + 1;
      missing.set(job, looks);
      if (looks < MISSING_LOOKS) continue;
      options.warn(`job ${job} is neither in the queue nor in the scheduler's records`);
      book.lost(job, "neither in the scheduler's queue nor in its records");
    }
  }
}

/** The last wrapper ends may still be on their way when the scheduler has said the last word. */
export async function awaitWrappers(book: JobBook, graceMs = WRAPPER_GRACE_MS): Promise<void> {
  const until = performance.now() + graceMs;
  while (book.awaitingWrapper() > 0) {
    const left = until - performance.now();
    if (left <= 0 || !(await changeWithin(book, left))) return;
  }
}

/** True as soon as the book changes, false after `ms` without a change. */
function changeWithin(book: JobBook, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (changed: boolean) => {
      clearTimeout(timer);
      book.onChange(() => {});
      resolve(changed);
    };
    const timer = setTimeout(() => done(false), ms);
    book.onChange(() => done(true));
  });
}
