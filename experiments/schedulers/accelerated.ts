import type { AccountedJob, Capabilities, SchedulerAdapter, SchedulerMoment } from "./adapter";
import type { Estimate } from "./foretold";

/** The scheduler's clock: it showed `originMs` when the host's did, and has gone `factor` times as fast since. */
export interface AcceleratedClock {
  readonly factor: number;
  /** Milliseconds since the epoch. */
  readonly originMs: number;
}

/**
 * A daemon's clock counts from when its program begins, some milliseconds of the host after its launcher read
 * the host's clock for it: it is behind by so much at most. Seen: 3.6 ms.
 */
const BEHIND_MS = 10;

/** The host's time at which the scheduler's clock shows `at`; both in milliseconds since the epoch. */
export function hostTime({ factor, originMs }: AcceleratedClock, at: number): number {
  return originMs + (at - originMs) / factor;
}

/**
 * A scheduler with a faster clock, whose records tell the host's time: whoever works with it need not know.
 * What the harness itself timed, such as the answers to submissions, is the host's time as it is.
 */
export function onHostTime(adapter: SchedulerAdapter, clock: AcceleratedClock): SchedulerAdapter {
  const moment = (seen: SchedulerMoment): SchedulerMoment => ({
    ...seen,
    at: hostTime(clock, seen.at),
    ...(seen.resolutionMs === undefined
      ? {}
      : { resolutionMs: onHost(seen.resolutionMs, clock.factor) }),
  });
  const estimate = (expected: Estimate): Estimate => ({
    ...expected,
    startAt: hostTime(clock, expected.startAt),
    resolutionMs: onHost(expected.resolutionMs, clock.factor),
  });
  const { estimates } = adapter;
  return {
    ...adapter,
    ...(estimates === undefined
      ? {}
      : { estimates: async () => (await estimates()).map(estimate) }),
    capabilities: finer(adapter.capabilities, clock.factor),
    watch: (observer) =>
      adapter.watch({ ...observer, moment: (seen) => observer.moment(moment(seen)) }),
    accounting: async () => (await adapter.accounting()).map((job) => accounted(clock, job)),
  };
}

/** A tick of the scheduler's clock is a shorter time on the host's. */
function onHost(resolutionMs: number, factor: number): number {
  return resolutionMs / factor + BEHIND_MS;
}

function finer(capabilities: Capabilities, factor: number): Capabilities {
  const resolutions = Object.entries(capabilities.resolutionMs).map(
    ([event, ms]) => [event, onHost(ms, factor)] as const,
  );
  return { ...capabilities, resolutionMs: Object.fromEntries(resolutions) };
}

function accounted(clock: AcceleratedClock, job: AccountedJob): AccountedJob {
  const at = (moment: number | null) => (moment === null ? null : hostTime(clock, moment));
  return { ...job, submitAt: at(job.submitAt), startAt: at(job.startAt), endAt: at(job.endAt) };
}
