import type { WorkloadJob } from "../../workloads/job";
import { type Executor, RemoteError } from "../remote/executor";
import type { LiveCluster, SchedulerAdapter } from "../schedulers/adapter";
import type { JobBody } from "../schedulers/wrapper";
import type { JobBook } from "./book";
import { awaitWrappers, drain } from "./drain";
import { domainOf } from "./live-cluster";
import { outputTail } from "./node-setup";
import { RunStopped } from "./stop";
import type { Submitter } from "./submit";
import { callAfter } from "./timer";

/**
 * One trivial job a partition, numbered behind the workload's. A site's partitions may be closed to it, or want
 * more of a job, so that there only the default one has one.
 */
export function warmUpJobs(
  { partitions, ofSite }: Pick<LiveCluster, "partitions"> & { readonly ofSite: boolean },
  user: string,
  firstId: number,
): WorkloadJob[] {
  return partitions.slice(0, ofSite ? 1 : undefined).map(({ name }, index) => ({
    id: firstId + index,
    submitSeconds: 0,
    user,
    partition: name,
    cores: 1,
    runSeconds: 0,
    limitSeconds: 60,
    gpus: 0,
    memoryMiB: null,
    traceJob: null,
  }));
}

const WARM_UP_MS = 180_000;

export interface WarmUpOptions {
  readonly adapter: SchedulerAdapter;
  readonly executor: Executor;
  readonly cluster: Pick<LiveCluster, "schedulerNodes">;
  readonly body: JobBody;
  /** The run's directory on every node. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** The jobs take too long; it has to abort the signal. */
  readonly onLate: (error: Error) => void;
}

/** Runs the warm-up jobs to their end and checks them. @throws RunStopped. */
export async function runWarmUp(
  book: JobBook,
  submitter: Submitter,
  options: WarmUpOptions,
): Promise<void> {
  const { adapter, body, signal, warn, onLate } = options;
  const forget = callAfter(WARM_UP_MS, () => {
    onLate(new Error(`the warm-up jobs were not done within ${WARM_UP_MS / 1000} s`));
  });
  try {
    for (const { planned } of book.records()) {
      await submitter.submit({ job: planned, body }, signal);
    }
    await drain(book, adapter, { signal, warn });
    await awaitWrappers(book);
  } finally {
    forget();
  }
  await checkWarmUp(book, options);
}

/**
 * Makes sure that submission, job, wrapper and records all work, before anything is measured.
 * @throws RunStopped naming the first warm-up job that did not complete, with its output.
 */
async function checkWarmUp(
  book: JobBook,
  { executor, cluster, directory, adapter, body }: WarmUpOptions,
): Promise<void> {
  for (const { job, planned, state, detail, exitCode, nodes, start } of book.records()) {
    const wraps = adapter.capabilities.wraps && body.kind !== "hold";
    const wrapped = !wraps || start?.source === "wrapper";
    if (state === "completed" && wrapped) continue;
    const [first] = nodes ?? [];
    const node = first === undefined ? undefined : domainOf(cluster, first);
    const tail = node === undefined ? "" : await outputTail(executor, node, directory, job);
    const what =
      state === "completed"
        ? "ended, but its wrapper wrote nothing"
        : `ended ${state}${detail === null ? "" : ` (${detail})`}${exitCode === null ? "" : `, exit code ${exitCode}`}`;
    const message = `the warm-up job in partition ${planned.partition} ${what}`;
    if (node === undefined) throw new RunStopped("failed", message);
    const cause = new RemoteError(what, { host: node, step: "warm-up job", command: "", tail });
    throw new RunStopped("failed", tail === "" ? message : `${message}: ${tail}`, cause);
  }
}
