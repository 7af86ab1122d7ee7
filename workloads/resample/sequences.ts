import type { LogJob } from "../swf/log";

/** The jobs of one user, in order of submission. */
export type Sequence = readonly LogJob[];

/** The users' sequences in order of their first jobs; a job of an unknown user is one of its own. */
export function sequencesOf(records: readonly LogJob[]): Sequence[] {
  const users = new Map<number, LogJob[]>();
  const sequences: LogJob[][] = [];
  for (const record of records) {
    const known = users.get(record.user);
    if (known !== undefined) {
      known.push(record);
      continue;
    }
    const sequence = [record];
    sequences.push(sequence);
    if (record.user >= 0) users.set(record.user, sequence);
  }
  return sequences;
}

/** Periods of activity from which on a user is a long-term one; Zakay and Feitelson's 12 weeks. */
const longTermPeriods = 12;

/** Whether the user is active for longer than half the log, or than 12 periods. In seconds. */
export function isLongTerm(sequence: Sequence, logSeconds: number, period: number): boolean {
  const activity = (sequence.at(-1)?.submit ?? 0) - (sequence[0]?.submit ?? 0);
  return activity > Math.min(logSeconds / 2, longTermPeriods * period);
}
