import { messageOf } from "../../base/thrown";
import type { DaemonRecord, SchedulerJobRecord } from "../../store/record";
import type { Task } from "../../workloads/task";
import type { Executor } from "../remote/executor";
import type { AccountedJob, DaemonCost, SchedulerAdapter } from "../schedulers/adapter";
import { collectBenchmarks, isBenchmark } from "./benchmarks";
import type { JobBook } from "./book";
import type { RunDirectory } from "./directory";
import { cancelUntilGone } from "./leftovers";
import type { Logger } from "./logger";

/** What is gathered once a run's jobs are over. Nothing here makes a run fail. */
export class Collection {
  readonly #adapter: SchedulerAdapter;
  readonly #book: JobBook;
  readonly #directory: RunDirectory;
  readonly #logger: Logger;
  readonly #runId: string;

  constructor(
    adapter: SchedulerAdapter,
    book: JobBook,
    directory: RunDirectory,
    logger: Logger,
    runId: string,
  ) {
    this.#adapter = adapter;
    this.#book = book;
    this.#directory = directory;
    this.#logger = logger;
    this.#runId = runId;
  }

  async cost(before: readonly DaemonCost[]): Promise<void> {
    try {
      this.#directory.daemons(costBetween(before, await this.#adapter.daemons()));
    } catch (error) {
      this.#logger.warn(`the daemons' cost is unknown: ${messageOf(error)}`);
    }
  }

  /**
   * The scheduler's own account of the run's jobs. One that is still queued, although every planned job
   * is over, is cancelled: it is one too many.
   */
  async accounting(): Promise<void> {
    try {
      let jobs = await this.#adapter.accounting();
      const left = jobs.filter(({ endAt }) => endAt === null);
      if (left.length > 0 && this.#book.allFinal()) {
        const ids = left.map(({ job, schedulerJob }) => `${schedulerJob} of job ${job}`).join(", ");
        this.#logger.warn(`the run's jobs are over, but the scheduler still has ${ids}`);
        await cancelUntilGone(this.#adapter, ({ run }) => run === this.#runId);
        jobs = await this.#adapter.accounting();
      }
      const planned = jobs.filter(({ job }) => this.#book.has(job));
      this.#directory.accounting(planned.map(schedulerJobRecord));
      const known = new Set(planned.map(({ job }) => job));
      if (planned.length > known.size) {
        this.#logger.warn(
          `the scheduler had ${planned.length} jobs for ${known.size} planned ones`,
        );
      }
    } catch (error) {
      this.#logger.warn(`the scheduler's own account of the jobs is unknown: ${messageOf(error)}`);
    }
  }

  /** Results are read before the nodes are tidied; one that is wrong makes its job a failed one. */
  async benchmarks(
    tasks: ReadonlyMap<number, Task>,
    executor: Executor,
    nodeDirectory: string,
  ): Promise<void> {
    if (![...tasks.values()].some(isBenchmark)) return;
    const records = await collectBenchmarks(tasks, this.#book.records(), executor, nodeDirectory);
    this.#directory.benchmarks(records);
    for (const { job, program, reason } of records) {
      if (reason === null) continue;
      this.#logger.warn({ job }, `${program} job ${job} did not pass: ${reason}`);
      this.#book.disproved(job, reason);
    }
  }
}

function schedulerJobRecord(job: AccountedJob): SchedulerJobRecord {
  const { waiting: _, ...record } = job;
  return record;
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
