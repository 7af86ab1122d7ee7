import { RemoteError } from "../remote/executor";
import type { AccountedJob, SchedulerAdapter } from "../schedulers/adapter";
import type { JobBook } from "./book";
import { orStopped } from "./stop";

/** The scheduler is asked only after this long without any news. */
const QUIET_MS = 15_000;
/** Looks, at least QUIET_MS apart, at which a job has to be unknown before it counts as lost. */
const MISSING_LOOKS = 2;
/** Looks at which a job has ended before its record, on a stream that may be interrupted, is given up. */
const ENDED_LOOKS = 12;
const WRAPPER_GRACE_MS = 5_000;

export interface DrainOptions {
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly quietMs?: number;
  /** While others submit and end jobs there may never be quiet: the scheduler is asked this long after the last look. */
  readonly atLatestMs?: number;
}

/**
 * Waits until every job is final. A job that the scheduler knows neither as queued nor as ended is given
 * up as lost; so is one that has ended and whose record does not come.
 * @throws RunStopped when the signal aborts first.
 */
export async function drain(
  book: JobBook,
  adapter: Pick<SchedulerAdapter, "accounting">,
  options: DrainOptions,
): Promise<void> {
  const { quietMs = QUIET_MS, atLatestMs = Number.POSITIVE_INFINITY } = options;
  const looks = new Map<number, number>();
  let lookedAt = performance.now();
  while (!book.allFinal()) {
    const left = lookedAt + atLatestMs - performance.now();
    if (left > 0) {
      const changed = await orStopped(changeWithin(book, Math.min(quietMs, left)), options.signal);
      if (changed) continue;
    }
    lookedAt = performance.now();
    // The scheduler has none of them, as long as the next one is not due. What it gets after the question counts next time.
    const asked = book.unfinished().filter(({ state }) => state !== "planned");
    if (asked.length === 0) continue;
    let known: readonly AccountedJob[];
    try {
      known = await orStopped(adapter.accounting(), options.signal);
    } catch (error) {
      // The streams notice a controller that is gone for good; the deadline bounds the rest.
      if (!(error instanceof RemoteError)) throw error;
      options.warn(error.message);
      continue;
    }
    const ended = new Set(known.flatMap(({ job, endAt }) => (endAt === null ? [] : [job])));
    const lives = new Set(known.flatMap(({ job, endAt }) => (endAt === null ? [job] : [])));
    for (const { job } of asked) {
      if (book.isFinal(job)) continue;
      const seen = lives.has(job) ? 0 : (looks.get(job) ?? 0) + 1;
      looks.set(job, seen);
      if (seen < (ended.has(job) ? ENDED_LOOKS : MISSING_LOOKS)) continue;
      const why = ended.has(job)
        ? "ended, but its record did not come"
        : "neither in the scheduler's queue nor in its records";
      options.warn(`job ${job}: ${why}`);
      book.lost(job, why);
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
      forget();
      resolve(changed);
    };
    const timer = setTimeout(() => done(false), ms);
    const forget = book.subscribe(() => done(true));
  });
}
