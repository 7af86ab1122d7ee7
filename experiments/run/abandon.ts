import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../base/thrown";
import type { SchedulerAdapter, Submission } from "../schedulers/adapter";
import type { JobBook } from "./book";
import { awaitWrappers } from "./drain";
import { cancelUntilGone } from "./leftovers";
import type { Logger } from "./logger";
import type { Recovery } from "./recovery";

/** How long submit calls that are under way may take when a run is stopped. */
const IN_FLIGHT_MS = 10_000;
const LAST_WORDS_LOOKS = 20;
const LAST_WORDS_EVERY_MS = 250;

export interface Abandoned {
  readonly adapter: SchedulerAdapter;
  readonly runId: string;
  readonly book: JobBook;
  readonly logger: Logger;
  /** Null when the run ended before it was opened. */
  readonly submission: Submission | null;
  readonly recovery: Recovery | null;
  /** Submissions that have been released; each settles once the submission is stopped. */
  readonly submissions: readonly Promise<void>[];
}

/**
 * Takes a run's jobs out of the scheduler. What waits to be submitted is refused, calls that are
 * under way are awaited and then ended, and only then are the jobs cancelled, so that none can
 * follow. Then it waits for their final records. Never throws: what could not be done now is left
 * to the next run.
 */
export async function abandonJobs(run: Abandoned): Promise<void> {
  const { adapter, runId, book, logger, submission } = run;
  try {
    const requestsOpen = submission !== null && (await stopSubmission(run, submission));
    if (!book.allFinal() || requestsOpen) {
      for (const { job, state } of book.unfinished()) {
        if (state !== "planned") book.cancelRequested(job, Date.now());
      }
      const cancelled = await cancelUntilGone(adapter, (job) => job.run === runId, {
        requestsOpen,
      });
      logger.info(`cancelled ${cancelled.length} jobs`);
    }
    const submitted = () => book.unfinished().some((record) => record.state !== "planned");
    for (let look = 0; look < LAST_WORDS_LOOKS && submitted(); look++) {
      await delay(LAST_WORDS_EVERY_MS);
    }
    await awaitWrappers(book);
  } catch (error) {
    const why = messageOf(error);
    logger.error(`the run's jobs could not all be cancelled (the next run does it): ${why}`);
  }
  for (const { job, state } of book.unfinished()) {
    if (state === "planned") book.neverSubmitted(job, "the run ended before it was due");
    else book.lost(job, "the run ended before the job did");
  }
}

/** @returns whether the scheduler may have a request that is not in its queue yet. */
async function stopSubmission(
  { book, logger, submissions, recovery }: Abandoned,
  submission: Submission,
): Promise<boolean> {
  const uncertain = recovery?.uncertain() ?? false;
  const stopped = await submission.stop(IN_FLIGHT_MS);
  let open = 0;
  for (const { job, settled } of stopped) {
    if (settled.kind === "answered") book.answered(job, settled.answer);
    if (settled.kind !== "called") continue;
    open += 1;
    if (settled.at !== null) book.called(job, settled.at);
  }
  if (open > 0) logger.warn(`${open} submit calls were ended without an answer`);
  submission.close();
  await Promise.allSettled(submissions);
  return open > 0 || uncertain;
}
