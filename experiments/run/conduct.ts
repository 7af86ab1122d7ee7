import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Handle } from "../../infra/handle";
import type { Executor } from "../remote/executor";
import type { DaemonCost, SubmitAnswer } from "../schedulers/adapter";
import type { JobBody } from "../schedulers/wrapper";
import type { DaemonRecord, RunRecord } from "../store/record";
import type { WorkloadJob } from "../workloads/job";
import type { Task } from "../workloads/task";
import { collectBenchmarks, isBenchmark } from "./benchmarks";
import { jobBody } from "./body";
import { JobBook } from "./book";
import type { RunDirectory } from "./directory";
import { awaitWrappers, drain } from "./drain";
import { describeFailedJobs } from "./failed-jobs";
import { cancelUntilGone } from "./leftovers";
import type { Logger } from "./logger";
import { tidyNodes } from "./node-setup";
import { judgePace } from "./pace";
import type { PreparedRun } from "./prepare";
import { type Progress, secondsLeft } from "./progress";
import { hostLoad } from "./provenance";
import { type Release, replay, steadyNow } from "./replay";
import { orStopped, RunStopped, stopReason } from "./stop";
import { openStreams } from "./streams";
import { Submitter } from "./submit";
import { checkWarmUp, warmUpJobs } from "./warm-up";

export interface Conduct {
  readonly handle: Handle;
  readonly executor: Executor;
  readonly prepared: PreparedRun;
  readonly directory: RunDirectory;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const PROGRESS_MS = 250;
const SYNC_MS = 2_000;
const WARM_UP_MS = 180_000;
/** Time between the end of the warm-up and the first job, for the due times to be exact. */
const LEAD_MS = 200;
const IN_FLIGHT_MS = 10_000;
const LOOP_RESOLUTION_MS = 10;

/**
 * Warm-up, replay, drain, collection. Always returns the closed run record: whatever goes wrong
 * becomes its status and reason, after the run's jobs have been cancelled.
 */
export async function conductRun(conduct: Conduct): Promise<RunRecord> {
  const { directory, logger, prepared, progress, executor, handle } = conduct;
  const run = new LiveRun(conduct);
  try {
    await run.go();
    await run.close("completed", null);
  } catch (error) {
    const stopped =
      error instanceof RunStopped
        ? error
        : new RunStopped("failed", error instanceof Error ? error.message : String(error), error);
    if (stopped.status === "interrupted") logger.warn(stopped.message);
    else logger.error({ err: stopped.cause }, stopped.message);
    await run.abandon();
    await run.close(stopped.status, stopped.message);
  } finally {
    progress.stop();
    directory.close();
  }
  await tidyNodes(executor, handle.cluster.nodes, prepared.directory);
  return directory.run;
}

class LiveRun {
  readonly #c: Conduct;
  readonly #stop = new AbortController();
  readonly #book: JobBook;
  readonly #warm: JobBook;
  /** By number of the job. */
  readonly #tasks: ReadonlyMap<number, Task>;
  readonly #closers: (() => void)[] = [];
  readonly #releasedAt = new Map<number, number>();
  readonly #answers = new Map<number, SubmitAnswer>();
  readonly #submissions: Promise<void>[] = [];
  #phase = "warm-up";
  #replayEnds = 0;
  #releases: Release[] = [];
  #loopDelayMs = 0;
  #costBefore: DaemonCost[] = [];

  constructor(conduct: Conduct) {
    this.#c = conduct;
    const { handle, prepared, directory } = conduct;
    const { jobs, tasks } = prepared.workload;
    this.#tasks = new Map(
      jobs.flatMap(({ id }, index) => {
        const task = tasks[index];
        return task === undefined ? [] : [[id, task] as const];
      }),
    );
    const { resolutionMs } = prepared.adapter.capabilities;
    this.#book = new JobBook(jobs, resolutionMs, directory);
    const user = jobs[0]?.user ?? "user01";
    const firstId = Math.max(0, ...jobs.map((job) => job.id)) + 1;
    const trivial = warmUpJobs(handle.cluster, user, firstId);
    this.#warm = new JobBook(trivial, resolutionMs, { job: () => {}, event: () => {} });

    const { signal } = conduct;
    const interrupt = () => this.#stop.abort(stopReason(signal));
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    this.#closers.push(() => signal.removeEventListener("abort", interrupt));
  }

  async go(): Promise<void> {
    const { prepared, logger, handle, directory } = this.#c;
    const { adapter, workload, runId } = prepared;
    const { signal } = this.#stop;
    const warn = (message: string) => logger.warn(message);
    directory.onFailure((error) => this.#fail(error));
    const sync = setInterval(() => directory.sync(), SYNC_MS);
    this.#closers.push(() => clearInterval(sync));

    await orStopped(this.#openStreams(), signal);
    const users = [...new Set([...workload.jobs, ...this.#warmJobs()].map((job) => job.user))];
    const submission = await orStopped(adapter.openSubmission(users), signal);
    this.#closers.push(() => submission.close());

    const options = { runId, warn };
    const warmer = new Submitter(adapter, submission, this.#warm, options);
    await this.#warmUp(warmer);

    this.#costBefore = await orStopped(adapter.daemons({ resetPeak: true }), signal);
    const submitter = new Submitter(adapter, submission, this.#book, options);
    await this.#replay(submitter);
    this.#phase = "drain";
    await drain(this.#book, adapter, { runId, signal, warn });
    await awaitWrappers(this.#book);
    this.#phase = "collect";
    await this.#collectCost();
    await this.#collectBenchmarks();
    const { failed } = this.#book.counts();
    if (failed > 0 && handle.spec.run.onJobFailure === "fail") {
      throw new RunStopped("failed", await this.#failedJobs());
    }
  }

  /** Cancels what is still in the scheduler and waits for its last words; never throws. */
  async abandon(): Promise<void> {
    const { adapter, runId } = this.#c.prepared;
    const { logger } = this.#c;
    this.#phase = "cancel";
    if (this.#book.allFinal()) return;
    try {
      // A submission in flight would put its job into the queue behind our back.
      await Promise.race([Promise.all(this.#submissions), delay(IN_FLIGHT_MS)]);
      for (const { job, state } of this.#book.unfinished()) {
        if (state !== "planned") this.#book.cancelRequested(job, Date.now());
      }
      const cancelled = await cancelUntilGone(adapter, (job) => job.run === runId);
      logger.info(`cancelled ${cancelled.length} jobs`);
      const submitted = () => this.#book.unfinished().some((record) => record.state !== "planned");
      for (let look = 0; look < 20 && submitted(); look++) await delay(250);
      await awaitWrappers(this.#book);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      logger.error(`the run's jobs could not all be cancelled (the next run does it): ${why}`);
    }
    for (const { job, state } of this.#book.unfinished()) {
      if (state === "planned") this.#book.neverSubmitted(job, "the run ended before it was due");
      else this.#book.lost(job, "the run ended before the job did");
    }
    await this.#collectBenchmarks().catch((error) => {
      logger.error(`the benchmarks' results could not be kept: ${error}`);
    });
  }

  async close(
    status: "completed" | "failed" | "interrupted",
    reason: string | null,
  ): Promise<void> {
    const { directory, logger } = this.#c;
    for (const close of this.#closers) close();
    const pace = this.#releases.length === 0 ? null : this.#judge();
    if (pace !== null) logger[pace.limited ? "warn" : "info"](pace.explanation);
    const { provenance } = directory.run;
    await directory.sync();
    const counts = this.#book.counts();
    this.#showProgress();
    const { unkept } = directory;
    directory.update({
      status,
      reason: unkept === 0 ? reason : `${reason}; ${unkept} later records were lost to it`,
      finishedAt: Date.now(),
      failedJobs: counts.failed,
      harnessLimited: pace?.limited ?? null,
      harnessExplanation: pace?.explanation ?? null,
      provenance: { ...provenance, hostLoadAfter: hostLoad() },
    });
    logger.info({ status, jobs: counts.total, failed: counts.failed }, `run ${status}`);
  }

  #warmJobs() {
    return this.#warm.records().map((record) => record.planned);
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#stop.abort(new RunStopped("failed", message, error));
  }

  async #openStreams(): Promise<void> {
    const { executor, handle, prepared, directory, logger } = this.#c;
    const { adapter } = prepared;
    const compact = handle.domain === "lxc";
    const watch = await adapter.watch({
      moment: (moment) => {
        this.#book.moment(moment);
        this.#warm.moment(moment);
      },
      outcome: (outcome) => {
        this.#book.outcome(outcome);
        this.#warm.outcome(outcome);
      },
      warning: (message) => logger.warn(message),
      failure: (error) => this.#fail(error),
    });
    this.#closers.push(() => watch.close());
    const streams = await openStreams(
      executor,
      handle.cluster.nodes,
      { directory: prepared.directory, sampleSeconds: handle.spec.run.sampleSeconds },
      {
        wrapper: (event) => {
          this.#book.wrapper(event);
          this.#warm.wrapper(event);
        },
        // A container sees the load of its host, which says nothing of the node.
        sample: (record) => directory.sample(compact ? { ...record, load: null } : record),
        warning: (message) => logger.warn(message),
        lostNode: (node, error) =>
          logger.error({ node }, `${error.message}; its wrapper events are missing from here on`),
        failure: (error) => this.#fail(error),
      },
    );
    this.#closers.push(() => streams.close());
  }

  async #warmUp(submitter: Submitter): Promise<void> {
    const { prepared, executor, logger } = this.#c;
    const { signal } = this.#stop;
    this.#showProgress();
    const late = setTimeout(() => {
      this.#fail(new Error(`the warm-up jobs were not done within ${WARM_UP_MS / 1000} s`));
    }, WARM_UP_MS);
    try {
      for (const job of this.#warmJobs()) {
        await submitter.submit({ job, body: { kind: "sleep", seconds: 0 } }, signal);
      }
      await drain(this.#warm, prepared.adapter, {
        runId: prepared.runId,
        signal,
        warn: (message) => logger.warn(message),
      });
      await awaitWrappers(this.#warm);
    } finally {
      clearTimeout(late);
    }
    await checkWarmUp(this.#warm, executor, prepared.directory);
  }

  #body(job: WorkloadJob): JobBody {
    const task = this.#tasks.get(job.id);
    if (task === undefined) throw new Error(`job ${job.id} has no task`);
    return jobBody(task, job, this.#c.prepared.programs);
  }

  async #replay(submitter: Submitter): Promise<void> {
    const { prepared, handle, logger } = this.#c;
    const { jobs } = prepared.workload;
    const { signal } = this.#stop;
    const { deadline } = handle.spec.run;
    const startAt = steadyNow() + LEAD_MS;
    this.#phase = "replay";
    this.#replayEnds = startAt + Math.max(0, ...jobs.map((job) => job.submitSeconds)) * 1000;
    this.#book.plan(startAt);
    logger.info({ jobs: jobs.length }, `replaying ${jobs.length} jobs`);

    const late = setTimeout(() => {
      const { total, done } = this.#book.counts();
      this.#fail(
        new Error(
          `the deadline of ${deadline} s passed with ${total - done} of ${total} jobs open`,
        ),
      );
    }, deadline * 1000);
    const shown = setInterval(() => this.#showProgress(), PROGRESS_MS);
    this.#closers.push(() => {
      clearTimeout(late);
      clearInterval(shown);
    });

    const lag = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
    lag.enable();
    this.#releases = await replay(
      jobs,
      startAt,
      (job) => {
        this.#releasedAt.set(job.id, steadyNow());
        this.#book.due(job.id);
        const request = { job, body: this.#body(job) };
        const submitted = submitter.submit(request, signal).then((answer) => {
          if (answer !== null) this.#answers.set(job.id, answer);
        });
        this.#submissions.push(submitted.catch((error) => this.#fail(error)));
      },
      signal,
    );
    await orStopped(Promise.all(this.#submissions), signal);
    lag.disable();
    // The histogram holds the timer's whole interval, not only what it came late.
    this.#loopDelayMs = Math.max(0, lag.percentile(99) / 1e6 - LOOP_RESOLUTION_MS);
    if (signal.aborted) throw stopReason(signal);
  }

  #judge() {
    const { facts } = this.#c.prepared;
    const controller = this.#c.handle.cluster.nodes.find((node) => node.role === "controller");
    const offset = facts.get(controller?.name ?? "")?.clock.offsetMs ?? 0;
    const calls = [...this.#answers].flatMap(([job, { startedAt, finishedAt }]) => {
      const releasedAt = this.#releasedAt.get(job);
      if (releasedAt === undefined) return [];
      return [
        {
          job,
          releasedAt,
          submitStartedAt: startedAt - offset,
          submitFinishedAt: finishedAt - offset,
        },
      ];
    });
    return judgePace(this.#releases, calls, this.#loopDelayMs);
  }

  async #collectCost(): Promise<void> {
    const { prepared, directory, logger } = this.#c;
    try {
      const after = await prepared.adapter.daemons();
      directory.daemons(costBetween(this.#costBefore, after));
    } catch (error) {
      logger.warn(
        `the daemons' cost is unknown: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  /** Results are read before the nodes are tidied; one that is wrong makes its job a failed one. */
  async #collectBenchmarks(): Promise<void> {
    const { prepared, directory, executor, logger } = this.#c;
    if (!prepared.workload.tasks.some(isBenchmark)) return;
    const records = await collectBenchmarks(
      this.#tasks,
      this.#book.records(),
      executor,
      prepared.directory,
    );
    directory.benchmarks(records);
    for (const { job, program, reason } of records) {
      if (reason === null) continue;
      logger.warn({ job }, `${program} job ${job} did not pass: ${reason}`);
      this.#book.disproved(job, reason);
    }
  }

  #failedJobs(): Promise<string> {
    const { executor, prepared } = this.#c;
    return describeFailedJobs(this.#book.records(), executor, prepared.directory);
  }

  #showProgress(): void {
    const { progress, prepared } = this.#c;
    const counts = this.#book.counts();
    const schedule = (this.#replayEnds - steadyNow()) / 1000;
    progress.update({
      ...counts,
      phase: this.#phase,
      secondsLeft: secondsLeft(counts, schedule, prepared.capacityCores),
    });
  }
}

/** What the daemons used in between; one that restarted counts from its new start. */
export function costBetween(
  before: readonly DaemonCost[],
  after: readonly DaemonCost[],
): DaemonRecord[] {
  return after.map(({ node, daemon, cpuSeconds, peakMemoryBytes }) => {
    const earlier = before.find((cost) => cost.node === node && cost.daemon === daemon);
    const used = cpuSeconds - (earlier?.cpuSeconds ?? 0);
    return { node, daemon, cpuSeconds: used < 0 ? cpuSeconds : used, peakMemoryBytes };
  });
}
