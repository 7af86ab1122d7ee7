import { messageOf } from "../../base/thrown";
import type { RunSamples } from "../../spec/run";
import type { EstimateRecord, InternalsRecord } from "../../store/scheduler-record";
import type { SchedulerAdapter } from "../schedulers/adapter";
import { steadyNow } from "./replay";

/** Seconds between two questions where the configuration says nothing. */
const DEFAULT_SECONDS = 30;
/**
 * A question takes the controller some 10 to 300 ms of CPU time, and more where very many jobs wait. The next
 * one of its kind comes no earlier than so many times its duration, so that a kind costs at most about 1 % of a core.
 */
const REST_FACTOR = 100;

export interface SchedulerSamples {
  estimate(record: EstimateRecord): void;
  internals(record: InternalsRecord): void;
  warning(message: string): void;
}

type Asked = Pick<SchedulerAdapter, "estimates" | "internals">;

/**
 * Asks the scheduler from time to time when it expects its waiting jobs to start, and for its counters: the latter
 * also at once. There is one question at a time; the next one waits its interval from the end of the last, or longer
 * after one that took long. An answer that does not come is missed, and said once until one comes again.
 */
export function sampleScheduler(
  adapter: Asked,
  intervals: RunSamples | undefined,
  samples: SchedulerSamples,
): { close(): void } {
  const { estimates = DEFAULT_SECONDS, internals = DEFAULT_SECONDS } = intervals ?? {};
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  let last: Promise<void> = Promise.resolve();

  const repeat = (seconds: number, firstMs: number, what: string, ask: () => Promise<void>) => {
    if (seconds === 0) return;
    let missing = false;
    /** How long it took, in milliseconds. */
    const question = async () => {
      if (closed) return 0;
      const askedAt = performance.now();
      try {
        await ask();
        missing = false;
      } catch (error) {
        if (!missing && !closed) samples.warning(`${what} are missed: ${messageOf(error)}`);
        missing = true;
      }
      return performance.now() - askedAt;
    };
    const after = (ms: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        last = last.then(question).then((tookMs) => {
          if (!closed) after(Math.max(seconds * 1000, REST_FACTOR * tookMs));
        });
      }, ms);
      timers.add(timer);
    };
    after(firstMs);
  };

  if (adapter.internals !== undefined) {
    const ask = adapter.internals.bind(adapter);
    repeat(internals, 0, "the scheduler's counters", async () => {
      const at = steadyNow();
      const values = await ask();
      if (!closed && Object.keys(values).length > 0) samples.internals({ at, values });
    });
  }
  if (adapter.estimates !== undefined) {
    const ask = adapter.estimates.bind(adapter);
    repeat(estimates, estimates * 1000, "the scheduler's estimates", async () => {
      const at = steadyNow();
      const found = await ask();
      if (closed) return;
      for (const { job, startAt, resolutionMs } of found) {
        samples.estimate({ job, at, startAt, resolutionMs });
      }
    });
  }
  return {
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
