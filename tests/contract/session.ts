import { vi } from "vitest";
import type { Executor } from "../../experiments/remote/executor";
import { JobBook } from "../../experiments/run/book";
import { newRunId } from "../../experiments/run/directory";
import { awaitWrappers, drain } from "../../experiments/run/drain";
import { cancelUntilGone, clearLeftovers } from "../../experiments/run/leftovers";
import { liveCluster } from "../../experiments/run/live-cluster";
import { nodeDirectory, setUpNodes, tidyNodes } from "../../experiments/run/node-setup";
import { Recovery } from "../../experiments/run/recovery";
import { Releasing } from "../../experiments/run/releasing";
import { steadyNow } from "../../experiments/run/replay";
import { NodeStreams } from "../../experiments/run/streams";
import { Submitter } from "../../experiments/run/submit";
import type {
  JobOutcome,
  SchedulerAdapter,
  SchedulerMoment,
  Submission,
} from "../../experiments/schedulers/adapter";
import { createAdapter, placementNotation } from "../../experiments/schedulers/registry";
import {
  type JobBody,
  OUTPUT_DIRECTORY,
  type WrapperEvent,
} from "../../experiments/schedulers/wrapper";
import type { Handle } from "../../infra/handle";
import type { WorkloadJob } from "../../workloads/job";
import { oneCoreJob } from "../experiments/one-core-job";

export interface Submitted {
  readonly id: number;
  readonly schedulerJob: string;
}

/** Longest wait, in milliseconds, for something that takes a second or two on an idle host. */
export const soon = 90_000;

export const sleep = (seconds: number) => ({ kind: "sleep", seconds }) as const;

/** One adapter on a live cluster, and all that it and the job wrappers say. */
export class Session {
  readonly outcomes = new Map<number, JobOutcome[]>();
  readonly moments: SchedulerMoment[] = [];
  readonly wrapped: WrapperEvent[] = [];
  readonly warnings: string[] = [];
  readonly failures: string[] = [];
  readonly #books: JobBook[] = [];
  readonly #closers: (() => void)[] = [];
  readonly #recovery: Recovery;
  #streams: NodeStreams | undefined;
  #nextId = 1;

  private constructor(
    readonly handle: Handle,
    readonly executor: Executor,
    readonly adapter: SchedulerAdapter,
    readonly submission: Submission,
    readonly runId: string,
    readonly directory: string,
    readonly version: string,
  ) {
    this.#recovery = new Recovery({
      adapter,
      submission,
      signal: new AbortController().signal,
      warn: (message) => this.warnings.push(message),
      onDouble: (job, kept, surplus) => {
        this.failures.push(`job ${job} was submitted twice: ${kept} and ${surplus}`);
      },
    });
    this.#closers.push(() => this.#recovery.close());
  }

  static async open(
    handle: Handle,
    executor: Executor,
    users: readonly string[],
  ): Promise<Session> {
    const runId = newRunId(new Date());
    const directory = nodeDirectory(runId);
    const { cluster, spec } = handle;
    const adapter = createAdapter(
      { executor, cluster: liveCluster(handle), runId, nodeDirectory: directory },
      spec.scheduler,
    );
    await clearLeftovers(adapter, () => {});
    const { version } = await adapter.prepare();
    await setUpNodes(executor, cluster.nodes, directory, []);
    const submission = await adapter.openSubmission(users);
    const session = new Session(handle, executor, adapter, submission, runId, directory, version);
    await session.#follow();
    return session;
  }

  async #follow(): Promise<void> {
    const watch = await this.adapter.watch({
      moment: (moment) => {
        this.moments.push(moment);
        for (const book of this.#books) book.moment(moment);
      },
      outcome: (outcome) => {
        for (const book of this.#books) book.outcome(outcome);
        this.outcomes.set(outcome.job, [...(this.outcomes.get(outcome.job) ?? []), outcome]);
      },
      warning: (message) => this.warnings.push(message),
      failure: (error) => this.failures.push(error.message),
    });
    const streams = await NodeStreams.open(
      this.executor,
      this.handle.cluster.nodes,
      { directory: this.directory, sampleSeconds: 60 },
      {
        wrapper: (event) => {
          this.wrapped.push(event);
          for (const book of this.#books) book.wrapper(event);
        },
        sample: () => {},
        warning: (message) => this.warnings.push(message),
        lostNode: (node, error) => this.failures.push(`${node}: ${error.message}`),
        failure: (error) => this.failures.push(error.message),
      },
    );
    this.#streams = streams;
    this.#closers.push(
      () => watch.close(),
      () => streams.close(),
      () => this.submission.close(),
    );
  }

  /** What a node that is to be switched off says is read as far as it is there. */
  async pauseStreams(node: string): Promise<void> {
    await this.#streams?.pause(node);
  }

  async resumeStreams(node: string): Promise<void> {
    await this.#streams?.resume(node);
  }

  job(change: Partial<WorkloadJob> = {}): WorkloadJob {
    return oneCoreJob({ id: this.#nextId++, ...change });
  }

  /** Submits as a run does, through lost answers. @throws when the scheduler refuses. */
  async submit(body: JobBody, change: Partial<WorkloadJob> = {}): Promise<Submitted> {
    const job = this.job(change);
    const book = this.#book([job]);
    const submitter = this.#submitter(book);
    await submitter.submit({ job, body }, new AbortController().signal);
    const { schedulerJob = null, detail } = book.record(job.id) ?? {};
    if (schedulerJob === null) throw new Error(`job ${job.id} was not accepted: ${detail}`);
    return { id: job.id, schedulerJob };
  }

  /**
   * Replays jobs as a run does: each is submitted when it is due and what it waits for allows it.
   * @returns when all are over.
   */
  async replay(jobs: readonly { readonly job: WorkloadJob; readonly body: JobBody }[]) {
    const planned = jobs.map(({ job }) => job);
    const bodies = new Map(jobs.map(({ job, body }) => [job.id, body]));
    const book = this.#book(planned);
    this.#books.push(book);
    const { signal } = new AbortController();
    const warn = (message: string) => this.warnings.push(message);
    const releasing = new Releasing({
      jobs: planned,
      schedule: { startAt: steadyNow(), factor: 1 },
      book,
      adapter: this.adapter,
      submitter: this.#submitter(book),
      body: ({ id }) => bodies.get(id) ?? sleep(0),
      signal,
      warn,
      onFailure: (error) => this.failures.push(String(error)),
    });
    await releasing.go();
    await releasing.answered();
    await drain(book, this.adapter, { signal, warn });
    await awaitWrappers(book);
    return book.records();
  }

  #book(jobs: readonly WorkloadJob[]): JobBook {
    const placement = placementNotation(this.handle.spec.scheduler.kind);
    const { resolutionMs } = this.adapter.capabilities;
    return new JobBook(jobs, { resolutionMs, placement }, { job: () => {}, event: () => {} });
  }

  #submitter(book: JobBook): Submitter {
    const warn = (message: string) => this.warnings.push(message);
    return new Submitter(this.submission, this.#recovery, book, { warn });
  }

  /** The job's outcome, as soon as there is one. */
  async outcome({ id }: Submitted, timeoutMs = 60_000): Promise<JobOutcome> {
    return this.until(`the outcome of job ${id}`, () => this.outcomes.get(id)?.[0], timeoutMs);
  }

  started({ id }: Submitted, timeoutMs = 60_000): Promise<WrapperEvent> {
    return this.until(`the start of job ${id}`, () => this.wrapper({ id }, "start"), timeoutMs);
  }

  ended({ id }: Submitted, timeoutMs = 60_000): Promise<WrapperEvent> {
    return this.until(`the end of job ${id}`, () => this.wrapper({ id }, "end"), timeoutMs);
  }

  wrapper({ id }: { readonly id: number }, event: WrapperEvent["event"]): WrapperEvent | undefined {
    return this.wrapped.findLast((seen) => seen.job === id && seen.event === event);
  }

  /** The scheduler's own times of one job, in milliseconds. */
  times({ id }: Submitted): Partial<Record<SchedulerMoment["event"], number>> {
    const own = this.moments.filter(({ job }) => job === id);
    return Object.fromEntries(own.map(({ event, at }) => [event, at]));
  }

  async until<T>(what: string, look: () => T | undefined, timeoutMs: number): Promise<T> {
    return vi.waitFor(
      () => {
        const found = look();
        if (found === undefined) {
          throw new Error(
            `waited ${timeoutMs / 1000} s for ${what}; ${[...this.failures, ...this.warnings].slice(-3).join("; ")}`,
          );
        }
        return found;
      },
      { timeout: timeoutMs, interval: 50 },
    );
  }

  /** A job's output on the node where it ran. */
  async output({ id }: Submitted, node: string): Promise<string> {
    return this.read(`${this.directory}/${OUTPUT_DIRECTORY}/${id}`, node);
  }

  async read(file: string, node: string): Promise<string> {
    const { stdout } = await this.executor.run(node, `cat ${file}`, {
      step: "read a file of a job",
      deadlineMs: 30_000,
    });
    return stdout.trim();
  }

  async close(): Promise<void> {
    try {
      await cancelUntilGone(this.adapter, ({ run }) => run === this.runId);
    } finally {
      for (const close of this.#closers) close();
      await tidyNodes(this.executor, this.handle.cluster.nodes, this.directory);
    }
  }
}
