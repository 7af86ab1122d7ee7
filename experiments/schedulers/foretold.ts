/** When the scheduler expects a waiting job of this run to start; milliseconds, the scheduler's clock. */
export interface Estimate {
  readonly job: number;
  readonly startAt: number;
  /** How fine it is. */
  readonly resolutionMs: number;
}

/**
 * The scheduler's own counters at this moment, by names that end with their unit: `bf_last_cycle_us`. A counter
 * may be set back, as when the scheduler is started again. Times are the scheduler's clock's.
 */
export type Internals = Readonly<Record<string, number>>;
