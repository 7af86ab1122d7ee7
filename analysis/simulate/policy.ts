import type { TickUnit } from "./ticks";

export const policies = ["fcfs", "easy", "conservative"] as const;
export type Policy = (typeof policies)[number];

/** How simultaneous events are ordered; printed with every result. */
export const tieRule =
  "one scheduling pass per instant, after its completions and then its arrivals; " +
  "queue order by submit time, then job number";

/** The same, and what counts as simultaneous where times had to be rounded. */
export function tieRuleOf({ exact, perSecond }: TickUnit): string {
  return exact ? tieRule : `${tieRule}; times rounded to ${1 / perSecond} s, finer ones do not fit`;
}

/**
 * A policy with its state. Jobs are named by their place in the queue order. At each instant, the
 * simulation calls `finish` for the completions, `arrive` for the arrivals, then `pass` once.
 */
export interface Scheduler {
  arrive(job: number): void;
  /** @param early it ended before its estimate. */
  finish(job: number, now: number, early: boolean): void;
  /** Calls `start` for each job that starts now, in the order of starting. */
  pass(now: number, start: (job: number) => void): void;
  /** When the policy wants a pass although nothing arrives or ends; Infinity for never. */
  wake(): number;
  copy(): Scheduler;
}
