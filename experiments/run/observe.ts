import type { JobBook } from "./book";
import { sampleHost } from "./host-sampler";
import type { RunContext } from "./run-context";
import { sampleScheduler } from "./scheduler-sampler";
import { NodeStreams } from "./streams";

export interface Observation
  extends Pick<RunContext, "executor" | "handle" | "prepared" | "directory" | "logger"> {
  /** Each knows its own jobs. */
  readonly books: readonly JobBook[];
  /** What is told of the run cannot be had, or not be kept, any more. */
  readonly onFailure: (error: Error) => void;
}

/** Follows the scheduler's records, the job wrappers, the nodes' and the host's samples into books and directory. */
export async function observeRun(
  observation: Observation,
): Promise<{ readonly streams: NodeStreams; close(): void }> {
  const { executor, handle, prepared, directory, logger, books, onFailure } = observation;
  const compact = handle.domain === "lxc";
  const watch = await prepared.adapter.watch({
    moment: (moment) => {
      for (const book of books) book.moment(moment);
    },
    outcome: (outcome) => {
      for (const book of books) book.outcome(outcome);
    },
    warning: (message) => logger.warn(message),
    failure: onFailure,
  });
  try {
    const streams = await NodeStreams.open(
      executor,
      handle.cluster.nodes,
      {
        directory: prepared.directory,
        sampleSeconds: handle.spec.run.sampleSeconds,
        wraps: prepared.adapter.capabilities.wraps,
      },
      {
        wrapper: (event) => {
          for (const book of books) book.wrapper(event);
        },
        // A container sees the load of its host, which says nothing of the node.
        sample: (record) => directory.sample(compact ? { ...record, load: null } : record),
        warning: (message) => logger.warn(message),
        lostNode: (node, error) =>
          logger.error({ node }, `${error.message}; its wrapper events are missing from here on`),
        failure: onFailure,
      },
    );
    const { sampleSeconds, samples } = handle.spec.run;
    const host = sampleHost(sampleSeconds, (sample) => directory.hostSample(sample));
    const planned = new Set(prepared.workload.jobs.map(({ id }) => id));
    const scheduler = sampleScheduler(prepared.adapter, samples, {
      // Warm-up jobs are none of the run's.
      estimate: (record) => {
        if (planned.has(record.job)) directory.estimate(record);
      },
      internals: (record) => directory.internals(record),
      warning: (message) => logger.warn(message),
    });
    return {
      streams,
      close: () => {
        scheduler.close();
        host.close();
        watch.close();
        streams.close();
      },
    };
  } catch (error) {
    watch.close();
    throw error;
  }
}
