import { RemoteError } from "../remote/executor";
import type { JobRequest, Submission, SubmitAnswer } from "../schedulers/adapter";
import type { JobBook } from "./book";
import type { Recovery } from "./recovery";
import { RunStopped } from "./stop";

/** How long one job is handed over again and again. */
const PATIENCE_MS = 180_000;

/**
 * Submits jobs so that each is in the scheduler once: a job is handed over again only when it is
 * certain that the scheduler does not have it and will not get it any more.
 */
export class Submitter {
  readonly #submission: Submission;
  readonly #recovery: Recovery;
  readonly #book: JobBook;
  readonly #warn: (message: string) => void;
  readonly #patienceMs: number;

  constructor(
    submission: Submission,
    recovery: Recovery,
    book: JobBook,
    options: { readonly warn: (message: string) => void; readonly patienceMs?: number },
  ) {
    this.#submission = submission;
    this.#recovery = recovery;
    this.#book = book;
    this.#warn = options.warn;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /**
   * Returns when the book knows that the scheduler has the job or refused it.
   * @throws RunStopped when the scheduler cannot be reached any more, or the run is stopped.
   */
  async submit(request: JobRequest, signal: AbortSignal): Promise<void> {
    const { id } = request.job;
    let until: number | null = null;
    for (let submission = 1; !signal.aborted; submission++) {
      const { answer, trouble } = await this.#call(request, submission);
      if (answer !== null && !answer.uncertain) {
        this.#book.answered(id, answer);
        return;
      }
      // What is open when the run is stopped is settled by the stop itself.
      if (signal.aborted) return;
      until ??= performance.now() + this.#patienceMs;
      this.#warn(`submission ${submission} of job ${id} is uncertain: ${trouble}`);
      if (await this.#settled(id, submission, answer)) return;
      if (performance.now() > until) {
        throw new RunStopped("failed", `job ${id} could not be submitted: ${trouble}`);
      }
    }
  }

  async #call(
    request: JobRequest,
    submission: number,
  ): Promise<{ answer: SubmitAnswer | null; trouble: string }> {
    try {
      const answer = await this.#submission.submit(request, submission);
      return { answer, trouble: answer.error ?? "" };
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return { answer: null, trouble: error.message };
    }
  }

  /** Whether the scheduler has the job, or has refused it; otherwise it may be handed over again. */
  async #settled(
    job: number,
    submission: number,
    uncertain: SubmitAnswer | null,
  ): Promise<boolean> {
    if (uncertain !== null) {
      this.#book.called(job, uncertain.startedAt, uncertain.finishedAt);
    }
    const fate = await this.#recovery.settle({ job, submission }, uncertain);
    if (fate.kind === "answered") {
      this.#book.answered(job, fate.answer);
      return true;
    }
    if (uncertain === null && fate.calledAt !== null) this.#book.called(job, fate.calledAt);
    if (fate.kind === "found") {
      this.#book.adopted(job, fate.job.schedulerJob, fate.job.submitAt);
      return true;
    }
    // Its own wrapper, or the scheduler's records, may have told of it since the look.
    if (this.#book.record(job)?.state === "planned") return false;
    this.#book.adopted(job, null, null);
    return true;
  }
}
