import { setTimeout as delay } from "node:timers/promises";
import { RemoteError } from "../remote/executor";
import type {
  JobRequest,
  QueuedJob,
  SchedulerAdapter,
  Submission,
  SubmitAnswer,
} from "../schedulers/adapter";
import type { JobBook } from "./book";
import { RunStopped } from "./stop";

/** About a minute in all: a controller that restarts is back by then. */
const ATTEMPTS = 8;
const PAUSE_MS = 2_000;
const PAUSE_LIMIT_MS = 15_000;
/** One look at the queue serves all the submissions that became uncertain together. */
const QUEUE_VALID_MS = 1_000;

/**
 * Submits jobs so that each is in the scheduler once: when an answer is lost, the queue, the wrapper
 * and the completion record are asked first whether the job got through.
 */
export class Submitter {
  readonly #adapter: SchedulerAdapter;
  readonly #submission: Submission;
  readonly #book: JobBook;
  readonly #runId: string;
  readonly #warn: (message: string) => void;
  #queue: { at: number; jobs: Promise<QueuedJob[]> } | undefined;

  constructor(
    adapter: SchedulerAdapter,
    submission: Submission,
    book: JobBook,
    options: { readonly runId: string; readonly warn: (message: string) => void },
  ) {
    this.#adapter = adapter;
    this.#submission = submission;
    this.#book = book;
    this.#runId = options.runId;
    this.#warn = options.warn;
  }

  /** @throws RunStopped when the scheduler cannot be reached any more. */
  async submit(request: JobRequest, signal: AbortSignal): Promise<SubmitAnswer | null> {
    const { id } = request.job;
    let trouble: unknown;
    for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt++) {
      try {
        const answer = await this.#submission.submit(request);
        if (!answer.uncertain) {
          this.#book.answered(id, answer);
          return answer;
        }
        trouble = answer.error;
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        trouble = error;
      }
      const why = trouble instanceof Error ? trouble.message : String(trouble);
      this.#warn(`submission of job ${id} is uncertain (attempt ${attempt}): ${why}`);
      await delay(Math.min(PAUSE_MS * attempt, PAUSE_LIMIT_MS), undefined, { signal }).catch(
        () => {},
      );
      if (await this.#gotThrough(id)) return null;
    }
    if (signal.aborted) return null;
    const why = trouble instanceof Error ? trouble.message : String(trouble);
    throw new RunStopped("failed", `job ${id} could not be submitted: ${why}`, trouble);
  }

  async #gotThrough(job: number): Promise<boolean> {
    if (this.#book.record(job)?.state !== "planned") return true;
    try {
      const queued = (await this.#look()).find(
        (entry) => entry.run === this.#runId && entry.job === job,
      );
      if (queued !== undefined) this.#book.adopted(job, queued.schedulerJob);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
    return this.#book.record(job)?.state !== "planned";
  }

  #look(): Promise<QueuedJob[]> {
    const now = performance.now();
    if (this.#queue === undefined || now - this.#queue.at > QUEUE_VALID_MS) {
      this.#queue = { at: now, jobs: this.#adapter.queue() };
    }
    return this.#queue.jobs;
  }
}
