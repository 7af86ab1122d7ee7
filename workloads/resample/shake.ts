import { resubmitted } from "../asks";
import type { Uniform } from "../models/random";
import type { LogJob } from "../swf/log";
import { resampleStreams, roundedTime } from "./random";

export interface Shaking {
  /** Which shake, from 1. */
  readonly number: number;
  /** Largest change of a submit time, in mean gaps between the records' submissions. */
  readonly arrivals: number;
  /** Largest change of a run time, as a share of it; below 1. */
  readonly runs: number;
}

/**
 * The same jobs with small random changes: every submit time by up to `arrivals` mean gaps, either way,
 * and every run time by up to its share `runs`; uniform and independent. What only the one exact input
 * causes differs from shake to shake, and what the scheduler causes stays. Sorted by submission; a job
 * keeps its number, user, size and limit, and runs no longer than its limit if it did not before. Waits
 * become unknown. Pure: a function of the records and the number.
 *
 * The idea is that of Tsafrir, Ouaknine and Feitelson, "Reducing performance evaluation sensitivity and
 * variability by input shaking", MASCOTS 2007; amounts in terms of the mean gap are ours, so that they
 * hold for logs and windows of any time scale.
 */
export function shake<Shaken extends LogJob>(
  records: readonly Shaken[],
  { number, arrivals, runs }: Shaking,
): Shaken[] {
  const streams = resampleStreams(number);
  const largest = arrivals * meanGap(records);
  return records
    .map((record) => ({
      // Reflected at the log's beginning.
      ...resubmitted(record, roundedTime(Math.abs(record.submit + change(streams.gaps, largest)))),
      wait: -1,
      run: shakenRun(record, change(streams.runs, runs * record.run)),
      preceding: -1,
      think: -1,
    }))
    .sort((a, b) => a.submit - b.submit);
}

function meanGap(records: readonly LogJob[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { submit } of records) {
    first = Math.min(first, submit);
    last = Math.max(last, submit);
  }
  return records.length > 1 ? (last - first) / (records.length - 1) : 0;
}

/** From this size on a change is in whole seconds, as most logs are; smaller ones in milliseconds. */
const wholeFrom = 10;

/** Uniform between −largest and +largest, rounded. */
function change(uniform: Uniform, largest: number): number {
  const drawn = (2 * uniform() - 1) * Math.max(0, largest);
  const scale = largest >= wholeFrom ? 1 : 1000;
  return Math.round(drawn * scale) / scale;
}

function shakenRun({ run, estimate }: LogJob, by: number): number {
  if (run <= 0) return run;
  const shaken = roundedTime(run + by);
  return estimate >= run ? Math.min(shaken, estimate) : shaken;
}
