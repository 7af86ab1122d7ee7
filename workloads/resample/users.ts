import { resubmitted } from "../asks";
import type { Uniform } from "../models/random";
import type { LogJob } from "../swf/log";
import { naturalPeriod } from "./period";
import { resampleStreams, roundedTime } from "./random";
import { isLongTerm, type Sequence, sequencesOf } from "./sequences";

export interface UserResampling {
  /** Which resample, from 1. */
  readonly number: number;
  /** Seconds; `naturalPeriod` of the records when left out. */
  readonly period?: number | undefined;
  /** Draw on, one length of the log after the other, until there are as many jobs. */
  readonly atLeast?: number;
}

export interface UserResample {
  /** In order of submission, with the job numbers of the source, of which some occur several times. */
  readonly records: readonly LogJob[];
  /** Seconds by whose multiples the sequences were moved. */
  readonly period: number;
  /** Users drawn; a user who was drawn twice counts twice. */
  readonly users: number;
}

/**
 * Another log of the same users' habits: the sequences of jobs of whole users are drawn with replacement
 * and started at other periods, by default weeks. Pure: a function of the records and the number.
 *
 * From Zakay and Feitelson, "Workload resampling for performance evaluation of parallel job schedulers",
 * ICPE 2013: a user's jobs stay together with their sizes, run times and gaps; sequences are moved by
 * whole weeks, so that jobs keep their day of the week and time of day; long-term and temporary users are
 * drawn apart, each in their number; a user who is drawn twice is two users.
 *
 * Simplified: the log is a ring of whole periods, and what is moved beyond its end comes in at its
 * beginning, so that no job is lost and the load has no edges. The paper replaces long-term users whose
 * jobs have run out by others, and drops users at the log's ends whose activity is cut off. A user is
 * long-term whose activity is longer than half the log, at most 12 periods. A job of an unknown user is a
 * sequence of its own. What holds of the recorded schedule only (waits, dependencies) becomes unknown.
 */
export function resampleUsers(
  records: readonly LogJob[],
  { number, period: given, atLeast = 0 }: UserResampling,
): UserResample {
  const submits = records.map(({ submit }) => submit);
  const origin = submits.reduce(
    (least, submit) => Math.min(least, submit),
    Number.POSITIVE_INFINITY,
  );
  const span = submits.reduce((most, submit) => Math.max(most, submit - origin), 0);
  const period = given ?? naturalPeriod(span);
  const periods = Math.max(1, Math.floor(span / period));
  // Without a whole period nothing is moved.
  const ring = span >= period ? periods * period : span;
  const groups = groupsOf(sequencesOf(records), ring, period);
  // The ring is shorter than the log by part of a period, and has as much less of it.
  const share = span > 0 ? ring / span : 1;
  const streams = resampleStreams(number);
  const drawn: LogJob[] = [];
  let users = 0;
  for (let round = 0; records.length > 0 && (round === 0 || drawn.length < atLeast); round += 1) {
    const start = round * ring;
    for (const group of groups) {
      const draws = rounded(group.length * share, streams.sizes);
      for (let draw = 0; draw < draws; draw += 1) {
        users += 1;
        const shift = Math.floor(streams.gaps() * periods) * period;
        const moved = (submit: number) =>
          roundedTime(origin + start + around(submit - origin + shift, ring));
        for (const record of pick(group, streams.users)) {
          drawn.push(unscheduled(record, moved(record.submit), users));
        }
      }
    }
  }
  return { records: drawn.sort((a, b) => a.submit - b.submit), period, users };
}

/** Long-term and temporary users, as far as there are any. */
function groupsOf(
  sequences: readonly Sequence[],
  ring: number,
  period: number,
): (readonly Sequence[])[] {
  const [long, temporary]: [Sequence[], Sequence[]] = [[], []];
  for (const sequence of sequences) {
    (isLongTerm(sequence, ring, period) ? long : temporary).push(sequence);
  }
  return [long, temporary].filter(({ length }) => length > 0);
}

/** One of the two whole numbers beside it, so that the mean of many is the number itself; at least 1. */
function rounded(expected: number, uniform: Uniform): number {
  return Math.max(1, Math.floor(expected + uniform()));
}

function pick(group: readonly Sequence[], uniform: Uniform): Sequence {
  return group[Math.floor(uniform() * group.length)] ?? [];
}

function around(place: number, ring: number): number {
  return ring > 0 ? place % ring : place;
}

function unscheduled(record: LogJob, submit: number, user: number): LogJob {
  return {
    ...resubmitted(record, submit),
    wait: -1,
    user: record.user < 0 ? record.user : user,
    preceding: -1,
    think: -1,
  };
}
