import type { Release } from "./replay";

/** Beyond this the harness blurs the schedule: a tenth of the coarsest scheduler clock (1 s). */
export const LATENESS_LIMIT_MS = 100;

export interface SubmitCall {
  readonly job: number;
  readonly releasedAt: number;
  /** On the harness's clock. */
  readonly submitStartedAt: number;
  readonly submitFinishedAt: number;
}

export interface Pace {
  readonly limited: boolean;
  readonly explanation: string;
}

/** The p-quantile by nearest rank; 0 for no values. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
}

/**
 * Tells whether the harness kept the schedule. Time that a job waits on the controller, for earlier
 * submit calls of its user or for CPU, is named but not held against the harness.
 */
export function judgePace(
  releases: readonly Release[],
  calls: readonly SubmitCall[],
  loopDelayMs: number,
): Pace {
  const lateness = quantile(
    releases.map(({ releasedAt, dueAt }) => releasedAt - dueAt),
    0.99,
  );
  const toCall = calls.map((call) => call.submitStartedAt - call.releasedAt);
  const onCall = calls.map((call) => call.submitFinishedAt - call.submitStartedAt);
  const wait = quantile(toCall, 0.99);
  const reasons = [
    ...(lateness > LATENESS_LIMIT_MS ? ["jobs were released late"] : []),
    ...(loopDelayMs > LATENESS_LIMIT_MS ? ["its event loop was held up"] : []),
  ];
  const limited = reasons.length > 0;
  const figures =
    `99 % of the jobs were released at most ${lateness.toFixed(1)} ms after they were due, ` +
    `reached the submit call ${wait.toFixed(1)} ms later ` +
    `(median ${quantile(toCall, 0.5).toFixed(1)} ms), ` +
    `and the call took ${quantile(onCall, 0.99).toFixed(1)} ms ` +
    `(median ${quantile(onCall, 0.5).toFixed(1)} ms); event-loop delay ${loopDelayMs.toFixed(1)} ms`;
  const queued =
    !limited && wait > LATENESS_LIMIT_MS
      ? "; jobs waited on the controller, for earlier submit calls of their user or for its CPU"
      : "";
  return {
    limited,
    explanation: limited
      ? `the harness set the pace: ${reasons.join(" and ")} (limit ${LATENESS_LIMIT_MS} ms); ${figures}`
      : `the harness kept the schedule: ${figures}${queued}`,
  };
}
