import { setTimeout as delay } from "node:timers/promises";
import { vi } from "vitest";
import type { Executor } from "../../experiments/remote/executor";
import { newRunId } from "../../experiments/run/directory";
import { cancelUntilGone, clearLeftovers } from "../../experiments/run/leftovers";
import { nodeDirectory, setUpNodes, tidyNodes } from "../../experiments/run/node-setup";
import { openStreams } from "../../experiments/run/streams";
import type {
  JobOutcome,
  QueuedJob,
  SchedulerAdapter,
  SchedulerMoment,
  Submission,
} from "../../experiments/schedulers/adapter";
import { createAdapter } from "../../experiments/schedulers/registry";
import {
  type JobBody,
  OUTPUT_DIRECTORY,
  type WrapperEvent,
} from "../../experiments/schedulers/wrapper";
import type { WorkloadJob } from "../../experiments/workloads/job";
import type { Handle } from "../../infra/handle";

/** How often and how long an answer that was lost is asked for again: as a run does. */
const RETRY_MS = 1_000;
const RETRY_LIMIT_MS = 120_000;

export interface Submitted {
  readonly id: number;
  readonly schedulerJob: string;
}

/** One adapter on a live cluster, and all that it and the job wrappers say. */
export class Session {
  readonly outcomes = new Map<number, JobOutcome[]>();
  readonly moments: SchedulerMoment[] = [];
  readonly wrapped: WrapperEvent[] = [];
  readonly warnings: string[] = [];
  readonly failures: string[] = [];
  readonly #closers: (() => void)[] = [];
  #nextId = 1;

  private constructor(
    readonly handle: Handle,
    readonly executor: Executor,
    readonly adapter: SchedulerAdapter,
    readonly submission: Submission,
    readonly runId: string,
    readonly directory: string,
    readonly version: string,
  ) {}

  static async open(
    handle: Handle,
    executor: Executor,
    users: readonly string[],
  ): Promise<Session> {
    const runId = newRunId(new Date());
    const directory = nodeDirectory(runId);
    const { cluster, spec } = handle;
    const adapter = createAdapter(
      { executor, cluster, runId, nodeDirectory: directory },
      spec.scheduler,
    );
    await clearLeftovers(adapter, () => {});
    const { version } = await adapter.prepare();
    await setUpNodes(executor, cluster.nodes, directory);
    const submission = await adapter.openSubmission(users);
    const session = new Session(handle, executor, adapter, submission, runId, directory, version);
    await session.#follow();
    return session;
  }

  async #follow(): Promise<void> {
    const watch = await this.adapter.watch({
      moment: (moment) => this.moments.push(moment),
      outcome: (outcome) => {
        this.outcomes.set(outcome.job, [...(this.outcomes.get(outcome.job) ?? []), outcome]);
      },
      warning: (message) => this.warnings.push(message),
      failure: (error) => this.failures.push(error.message),
    });
    const streams = await openStreams(
      this.executor,
      this.handle.cluster.nodes,
      { directory: this.directory, sampleSeconds: 60 },
      {
        wrapper: (event) => this.wrapped.push(event),
        sample: () => {},
        warning: (message) => this.warnings.push(message),
        lostNode: (node, error) => this.failures.push(`${node}: ${error.message}`),
        failure: (error) => this.failures.push(error.message),
      },
    );
    this.#closers.push(
      () => watch.close(),
      () => streams.close(),
      () => this.submission.close(),
    );
  }

  job(change: Partial<WorkloadJob> = {}): WorkloadJob {
    return {
      id: this.#nextId++,
      submitSeconds: 0,
      user: "user01",
      cores: 1,
      runSeconds: 1,
      limitSeconds: 60,
      gpus: 0,
      memoryMiB: null,
      traceJob: null,
      ...change,
    };
  }

  /** Submits, again while the scheduler does not answer in its own name. @throws when it refuses. */
  async submit(body: JobBody, change: Partial<WorkloadJob> = {}): Promise<Submitted> {
    const job = this.job(change);
    const until = performance.now() + RETRY_LIMIT_MS;
    for (;;) {
      const answer = await this.submission.submit({ job, body });
      if (answer.schedulerJob !== null) return { id: job.id, schedulerJob: answer.schedulerJob };
      const known = answer.uncertain ? await this.#queued(job.id) : undefined;
      if (known !== undefined) return { id: job.id, schedulerJob: known.schedulerJob };
      if (!answer.uncertain || performance.now() > until) {
        throw new Error(`job ${job.id} was not accepted: ${answer.error}`);
      }
      await delay(RETRY_MS);
    }
  }

  async #queued(job: number): Promise<QueuedJob | undefined> {
    try {
      return (await this.adapter.queue()).find(
        (queued) => queued.run === this.runId && queued.job === job,
      );
    } catch {
      return undefined;
    }
  }

  /** The job's outcome, as soon as there is one. */
  async outcome({ id }: Submitted, timeoutMs = 60_000): Promise<JobOutcome> {
    return this.until(`the outcome of job ${id}`, () => this.outcomes.get(id)?.[0], timeoutMs);
  }

  started({ id }: Submitted, timeoutMs = 60_000): Promise<WrapperEvent> {
    return this.until(`the start of job ${id}`, () => this.wrapper({ id }, "start"), timeoutMs);
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
