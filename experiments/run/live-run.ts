import { messageOf } from "../../base/thrown";
import { clockFactor } from "../../spec/clock";
import type { WorkloadJob } from "../../workloads/job";
import type { Task } from "../../workloads/task";
import type { ElasticRun } from "../elastic/elastic-run";
import { elasticRunOf } from "../elastic/of-run";
import type { DaemonCost, Submission } from "../schedulers/adapter";
import { controllerOf } from "../schedulers/controller";
import type { JobBody } from "../schedulers/wrapper";
import { abandonJobs } from "./abandon";
import { jobBody } from "./body";
import type { JobBook } from "./book";
import { Collection } from "./collect";
import { awaitWrappers, drain } from "./drain";
import { clocksAfter } from "./end-clocks";
import { describeFailedJobs } from "./failed-jobs";
import { liveCluster } from "./live-cluster";
import { LoopDelay } from "./loop-delay";
import { nodeRecords } from "./node-records";
import { observeRun } from "./observe";
import { judgePace, type Pace } from "./pace";
import { secondsLeft } from "./progress";
import { hostLoad } from "./provenance";
import { Recovery } from "./recovery";
import { Releasing } from "./releasing";
import { type Release, steadyNow } from "./replay";
import { booksOf } from "./run-books";
import type { RunContext } from "./run-context";
import { ClusterTaken, orStopped, RunStopped, stopReason } from "./stop";
import { Submitter } from "./submit";
import { callAfter } from "./timer";
import { runWarmUp } from "./warm-up";

const PROGRESS_MS = 250;
const SYNC_MS = 2_000;
/** Time between the end of the warm-up and the first job, for the due times to be exact: each job is written first. */
const LEAD_MS = 200;
const LEAD_MS_A_JOB = 0.02;

/** A run on its live cluster, phase by phase. */
export class LiveRun {
  readonly #context: RunContext;
  readonly #stop = new AbortController();
  readonly #book: JobBook;
  readonly #warm: JobBook;
  readonly #warmBody: JobBody;
  /** By number of the job. */
  readonly #tasks: ReadonlyMap<number, Task>;
  readonly #closers: (() => void)[] = [];
  readonly #collection: Collection;
  #phase = "warm-up";
  #releasing: Releasing | undefined;
  #releases: Release[] = [];
  #loopDelayMs = 0;
  #costBefore: DaemonCost[] = [];
  #submission: Submission | null = null;
  #recovery: Recovery | null = null;
  #elastic: ElasticRun | undefined;

  constructor(context: RunContext) {
    this.#context = context;
    const { prepared, directory, logger } = context;
    const { book, warm, warmBody, tasks } = booksOf(context);
    this.#book = book;
    this.#warm = warm;
    this.#warmBody = warmBody;
    this.#tasks = tasks;
    const { adapter, runId } = prepared;
    this.#collection = new Collection(adapter, book, directory, logger, runId);

    const { signal } = context;
    const interrupt = () => this.#stop.abort(stopReason(signal));
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    this.#closers.push(() => signal.removeEventListener("abort", interrupt));
  }

  async go(): Promise<void> {
    const { prepared, logger, handle, directory } = this.#context;
    const { adapter, workload } = prepared;
    const { signal } = this.#stop;
    const warn = (message: string) => logger.warn(message);
    directory.onFailure((error) => this.#fail(error));
    const sync = setInterval(() => directory.sync(), SYNC_MS);
    this.#closers.push(() => clearInterval(sync));

    await orStopped(this.#openStreams(), signal);
    const users = [...new Set([...workload.jobs, ...this.#warmJobs()].map((job) => job.user))];
    const submission = await orStopped(adapter.openSubmission(users), signal);
    this.#submission = submission;
    this.#closers.push(() => submission.close());
    const recovery = new Recovery({
      adapter,
      submission,
      signal,
      warn,
      onDouble: (job, kept, surplus) => {
        for (const book of [this.#book, this.#warm]) book.doubled(job, kept, surplus);
      },
    });
    this.#recovery = recovery;
    this.#closers.push(() => recovery.close());

    this.#showProgress();
    const warmer = new Submitter(submission, recovery, this.#warm, { warn });
    await runWarmUp(this.#warm, warmer, {
      adapter,
      executor: this.#context.executor,
      cluster: liveCluster(handle),
      body: this.#warmBody,
      directory: prepared.directory,
      signal,
      warn,
      onLate: (error) => this.#fail(error),
    });

    this.#costBefore = await orStopped(adapter.daemons({ resetPeak: true }), signal);
    await orStopped(this.#elastic?.begin() ?? Promise.resolve(), signal);
    await this.#replay(new Submitter(submission, recovery, this.#book, { warn }));
    this.#phase = "drain";
    await drain(this.#book, adapter, { signal, warn });
    await awaitWrappers(this.#book);
    this.#phase = "collect";
    await this.#elastic?.end();
    await this.#collection.cost(this.#costBefore);
    await this.#collection.accounting();
    directory.nodes(
      await clocksAfter(this.#context.executor, nodeRecords(handle, prepared.facts), warn),
    );
    await this.#collectBenchmarks();
    const { failed } = this.#book.counts();
    if (failed > 0 && handle.spec.run.onJobFailure === "fail") {
      throw new RunStopped("failed", await this.#failedJobs());
    }
  }

  /** Takes the run's jobs out of the scheduler and keeps what is known of them; never throws. */
  async abandon(): Promise<void> {
    const { logger, prepared } = this.#context;
    this.#phase = "cancel";
    const over = this.#book.allFinal();
    await abandonJobs({
      adapter: prepared.adapter,
      runId: prepared.runId,
      book: this.#book,
      logger,
      submission: this.#submission,
      recovery: this.#recovery,
      submissions: this.#releasing?.submissions ?? [],
    });
    await (this.#stop.signal.reason instanceof ClusterTaken
      ? this.#elastic?.leave()
      : this.#elastic?.end());
    if (over) return;
    await this.#collection.accounting();
    await this.#collectBenchmarks().catch((error) => {
      logger.error(`the benchmarks' results could not be kept: ${error}`);
    });
  }

  async close(
    status: "completed" | "failed" | "interrupted",
    reason: string | null,
  ): Promise<void> {
    const { directory, logger } = this.#context;
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
    const message = messageOf(error);
    this.#stop.abort(new RunStopped("failed", message, error));
  }

  async #openStreams(): Promise<void> {
    const watched = await observeRun({
      ...this.#context,
      books: [this.#book, this.#warm],
      onFailure: (error) => this.#fail(error),
    });
    this.#closers.push(() => watched.close());
    this.#elastic = elasticRunOf(this.#context, this.#book, watched.streams, (error) => {
      this.#fail(error);
    });
  }

  #body(job: WorkloadJob): JobBody {
    const task = this.#tasks.get(job.id);
    if (task === undefined) throw new Error(`job ${job.id} has no task`);
    return jobBody(task, job, this.#context.prepared.programs);
  }

  async #replay(submitter: Submitter): Promise<void> {
    const { prepared, handle, logger } = this.#context;
    const { jobs } = prepared.workload;
    const { signal } = this.#stop;
    const { deadline } = handle.spec.run;
    const startAt = steadyNow() + LEAD_MS + jobs.length * LEAD_MS_A_JOB;
    const schedule = { startAt, factor: clockFactor(handle.spec.run) };
    this.#phase = "replay";
    const releasing = new Releasing({
      jobs,
      schedule,
      book: this.#book,
      adapter: prepared.adapter,
      submitter,
      body: (job) => this.#body(job),
      signal,
      warn: (message) => logger.warn(message),
      onFailure: (error) => this.#fail(error),
    });
    this.#releasing = releasing;
    logger.info({ jobs: jobs.length }, `replaying ${jobs.length} jobs`);

    const forgetDeadline = callAfter(deadline * 1000, () => {
      const { total, done } = this.#book.counts();
      this.#fail(
        new Error(
          `the deadline of ${deadline} s passed with ${total - done} of ${total} jobs open`,
        ),
      );
    });
    const shown = setInterval(() => this.#showProgress(), PROGRESS_MS);
    this.#closers.push(() => {
      forgetDeadline();
      clearInterval(shown);
    });

    const delay = new LoopDelay();
    this.#releases = await releasing.go();
    await releasing.answered();
    this.#loopDelayMs = delay.stop();
    if (signal.aborted) throw stopReason(signal);
  }

  #judge(): Pace {
    const { facts } = this.#context.prepared;
    const controller = controllerOf(this.#context.handle.cluster);
    return judgePace({
      releases: this.#releases,
      calls: this.#book.calls(),
      clockOffsetMs: facts.get(controller.name)?.clock.offsetMs ?? 0,
      callsAtOnce: this.#submission?.callsAtOnce ?? 1,
      loopDelayMs: this.#loopDelayMs,
    });
  }

  #collectBenchmarks(): Promise<void> {
    const { executor, prepared } = this.#context;
    return this.#collection.benchmarks(this.#tasks, executor, prepared.directory);
  }

  #failedJobs(): Promise<string> {
    const { executor, prepared, handle } = this.#context;
    const records = this.#book.records();
    return describeFailedJobs(records, executor, prepared.directory, liveCluster(handle));
  }

  #showProgress(): void {
    const { progress, prepared, handle } = this.#context;
    const counts = this.#book.counts();
    const schedule = ((this.#releasing?.lastDueAt() ?? 0) - steadyNow()) / 1000;
    progress.update({
      ...counts,
      phase: this.#phase,
      secondsLeft: secondsLeft(
        counts,
        schedule,
        prepared.capacityCores,
        clockFactor(handle.spec.run),
      ),
      nodes: this.#elastic?.progress(),
    });
  }
}
