import type { ObservedTime } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";
import type { SchedulerAdapter } from "../schedulers/adapter";
import type { JobDependency } from "../schedulers/dependency";
import type { JobBody } from "../schedulers/wrapper";
import type { JobBook } from "./book";
import { drain } from "./drain";
import { ReleaseQueue } from "./release-queue";
import { type Release, replay, steadyNow } from "./replay";
import type { Schedule } from "./schedule";
import { orStopped } from "./stop";
import type { Submitter } from "./submit";

/** A look at all jobs takes tenths of a second where there are very many; an older bound is one as well. */
const BOUND_MS = 5_000;
/** Jobs that wait for a lost one are held back for two such times at most, however busy the rest of the run is. */
const LOOK_AT_LATEST_MS = 60_000;

export interface ReleasingOptions {
  readonly jobs: readonly WorkloadJob[];
  readonly schedule: Schedule;
  /** Ends and the scheduler's numbers of jobs are learnt from it. */
  readonly book: JobBook;
  readonly adapter: Pick<SchedulerAdapter, "capabilities" | "accounting">;
  readonly submitter: Submitter;
  readonly body: (job: WorkloadJob) => JobBody;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** The run cannot go on; it has to abort the signal. */
  readonly onFailure: (error: unknown) => void;
  /** How long nothing may have been heard before jobs are looked for; for tests. */
  readonly quietMs?: number;
  /** How long they may go without being looked for, whatever is heard; for tests. */
  readonly atLatestMs?: number;
}

/** Submits the jobs of a replay, each when it is due and whatever it waits for allows it. */
export class Releasing {
  readonly #o: ReleasingOptions;
  readonly #queue: ReleaseQueue<WorkloadJob>;
  #bound = { at: 0, seenAt: 0 };
  /** Of jobs that have been let go; each settles when the book knows the answer, or the signal has aborted. */
  readonly submissions: Promise<void>[] = [];

  constructor(options: ReleasingOptions) {
    const { jobs, schedule, book } = options;
    this.#o = options;
    book.plan(schedule);
    this.#queue = new ReleaseQueue(jobs, schedule, {
      native: (job, other) => this.#native(job, other),
      onDue: ({ id }, dueAt) => book.dueAt(id, dueAt),
    });
  }

  /** No earlier than this is the last job let go; milliseconds since the epoch. */
  lastDueAt(): number {
    const now = steadyNow();
    const fresh = !this.#queue.listens || now - this.#bound.seenAt < BOUND_MS;
    if (this.#bound.seenAt === 0 || !fresh) {
      this.#bound = { at: this.#queue.lastDueAt(), seenAt: now };
    }
    return this.#bound.at;
  }

  /** Returns when no job is left to be let go, or the signal has aborted; answers may be outstanding. */
  async go(): Promise<Release[]> {
    const { book, body, submitter, signal, onFailure } = this.#o;
    const forget = this.#queue.listens ? this.#listen() : () => {};
    try {
      return await replay(
        this.#queue,
        {
          release: ({ job }) => {
            book.due(job.id);
            const request = { job, body: body(job), after: this.#after(job) };
            this.submissions.push(submitter.submit(request, signal).catch(onFailure));
          },
          giveUp: (job, why) => book.neverSubmitted(job.id, why),
        },
        signal,
      );
    } finally {
      forget();
    }
  }

  /** Until every job that was let go is answered. @throws RunStopped when the signal aborts. */
  async answered(): Promise<void> {
    await orStopped(Promise.all(this.submissions), this.#o.signal);
  }

  #listen(): () => void {
    const { book, adapter, signal, warn, onFailure, quietMs } = this.#o;
    const { atLatestMs = LOOK_AT_LATEST_MS } = this.#o;
    const over = new AbortController();
    // A job whose end will never be learnt must not keep others back for ever.
    const options = { signal: AbortSignal.any([signal, over.signal]), warn, atLatestMs };
    drain(book, adapter, quietMs === undefined ? options : { ...options, quietMs }).catch(
      (error) => {
        if (!over.signal.aborted) onFailure(error);
      },
    );
    const forget = book.subscribe(({ record, final }) => {
      const { job, end, state, schedulerJob } = record;
      if (final) {
        const learntAt = steadyNow();
        const at = Math.min(latestEnd(end) ?? learntAt, learntAt);
        this.#queue.ended(job, { at, learntAt, well: state === "completed" });
      } else if (schedulerJob !== null) this.#queue.accepted(job);
    });
    return () => {
      forget();
      over.abort();
    };
  }

  /** Some schedulers let nobody wait for the jobs of others. */
  #native(job: WorkloadJob, other: WorkloadJob): boolean {
    const { dependencies } = this.#o.adapter.capabilities;
    return dependencies === "native" && job.user === other.user;
  }

  /** What is left to the scheduler of the job's dependencies. */
  #after(job: WorkloadJob): JobDependency[] {
    const { book } = this.#o;
    return (job.after ?? []).flatMap(({ type, job: id }) => {
      const other = book.record(id);
      // One that has ended is of no concern any more, and the scheduler may have forgotten it.
      if (other === undefined || other.schedulerJob === null || book.isFinal(id)) return [];
      return this.#native(job, other.planned) ? [{ type, schedulerJob: other.schedulerJob }] : [];
    });
  }
}

/** A scheduler's coarse time is that of the beginning of a second, of which all may have passed. */
function latestEnd(end: ObservedTime | null): number | null {
  if (end === null) return null;
  return end.source === "scheduler" ? end.at + end.resolutionMs : end.at;
}
