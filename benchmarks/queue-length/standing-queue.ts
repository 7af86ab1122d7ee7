import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import { steadyNow } from "../../experiments/run/replay";
import type { AccountedJob, Observer, Submission } from "../../experiments/schedulers/adapter";
import type { Uniform } from "../../workloads/models/random";
import type { JobTimes } from "./history";
import { drawJob, type JobShape } from "./jobs";

/** A submission without an answer is handed over again as often, where that cannot make a second job. */
const ATTEMPTS = 5;

export interface StandingQueueOptions {
  readonly submission: Submission;
  readonly shape: JobShape;
  readonly uniform: Uniform;
  /** The controller's clock minus the harness's. */
  readonly offsetMs: number;
  readonly warning: (message: string) => void;
  /** No job can be counted on any more. */
  readonly failure: (error: Error) => void;
}

/**
 * As many jobs in the scheduler as were asked for: each that ends is followed by a new one at the end of the queue. So
 * once the cluster is full, the number of those that wait stays the same.
 */
export class StandingQueue {
  readonly #options: StandingQueueOptions;
  readonly #times = new Map<number, JobTimes>();
  readonly #over = new Set<number>();
  #target = 0;
  #submitted = 0;
  #stopped = false;

  constructor(options: StandingQueueOptions) {
    this.#options = options;
  }

  /** What the adapter's watch is to tell. */
  readonly observer: Observer = {
    moment: ({ job, event, at, former }) => {
      if (former === true) return;
      if (event === "start") this.#note(job, { startAt: at });
      if (event === "end") this.#note(job, { endAt: at });
    },
    outcome: ({ job, state, detail }) => {
      if (!this.#stopped && state !== "completed") {
        this.#options.warning(`job ${job} is ${state}: ${detail}`);
      }
      this.#over.add(job);
      this.#topUp();
    },
    warning: (message) => this.#options.warning(message),
    failure: (error) => this.#options.failure(error),
  };

  /** From now on so many jobs wait or run. Nothing is submitted any more after `stop`. */
  grow(target: number): void {
    this.#target = target;
    this.#topUp();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Of the jobs in the scheduler, as far as it has told. */
  get counts(): { accepted: number; inside: number; running: number; over: number } {
    let [accepted, running] = [0, 0];
    for (const { acceptedAt, startAt, endAt } of this.#times.values()) {
      if (acceptedAt !== Number.POSITIVE_INFINITY) accepted += 1;
      if (startAt !== null && endAt === null) running += 1;
    }
    const over = this.#over.size;
    return { accepted, inside: accepted - over, running, over };
  }

  /** Every submission so far has its answer. */
  get answered(): boolean {
    return this.counts.accepted === this.#submitted;
  }

  times(): JobTimes[] {
    return [...this.#times.values()];
  }

  /** Starts that a scheduler has in its records only, while jobs live. */
  absorb(jobs: readonly AccountedJob[]): void {
    for (const { job, startAt } of jobs) {
      if (startAt !== null && this.#times.get(job)?.startAt === null) this.#note(job, { startAt });
    }
  }

  #topUp(): void {
    while (!this.#stopped && this.#submitted - this.#over.size < this.#target) {
      this.#submitted += 1;
      const id = this.#submitted;
      this.#submit(id).catch((error: unknown) => {
        if (this.#stopped) return;
        const why = `job ${id} could not be submitted: ${messageOf(error)}`;
        this.#options.failure(new Failure(why, { cause: error }));
      });
    }
  }

  async #submit(id: number): Promise<void> {
    const { submission, shape, uniform, offsetMs } = this.#options;
    const job = drawJob(id, shape, uniform);
    const body = { kind: "hold", seconds: job.runSeconds } as const;
    for (let attempt = 1; ; attempt++) {
      const answer = await submission.submit({ job, body }, 1);
      if (answer.error === null) break;
      const again = answer.uncertain && submission.idempotent && attempt < ATTEMPTS;
      if (!again || this.#stopped) throw new Failure(answer.error);
    }
    this.#note(id, { acceptedAt: steadyNow() + offsetMs });
  }

  /** A job may start before its submission is answered. */
  #note(job: number, change: Partial<JobTimes>): void {
    const unknown = { acceptedAt: Number.POSITIVE_INFINITY, startAt: null, endAt: null };
    this.#times.set(job, { ...unknown, ...this.#times.get(job), ...change });
  }
}
