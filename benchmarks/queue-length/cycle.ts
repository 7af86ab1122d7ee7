/**
 * One kind of step that a scheduler counts and times by itself, over the measured window. What it does
 * not publish is null.
 */
export interface Cycle {
  /** The scheduler's own word for it. */
  readonly name: string;
  readonly count: number | null;
  readonly meanMs: number | null;
  readonly lastMs: number | null;
  readonly maxMs: number | null;
}

/** Runs a bash script on the controller as root, and returns what it prints. @throws RemoteError. */
export type Ask = (step: string, script: string) => Promise<string>;

/** A scheduler's own counters of its cycles. */
export interface CycleCounters {
  /** The window begins. */
  begin(): Promise<void>;
  /** The window is over. @throws Failure for an answer that cannot be read. */
  end(): Promise<Cycle[]>;
}
