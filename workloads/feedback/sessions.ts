import { exactDifference, exactSum } from "../decimal";

/** What sessions are found by: seconds of the log, −1 for what is unknown. */
export interface LoggedTimes {
  readonly submit: number;
  readonly wait: number;
  readonly run: number;
  readonly user: number;
}

/** A job that is submitted so many seconds after the end of an earlier one, which is named by its place. */
export interface Follows {
  readonly place: number;
  readonly thinkSeconds: number;
}

/** When a job ended, by the log. One whose wait is unknown counts as if it had not waited. */
export function loggedEnd({ submit, wait, run }: LoggedTimes): number {
  return exactSum(submit, exactSum(Math.max(0, wait), Math.max(0, run)));
}

/** One user's jobs so far. */
interface Activity {
  /** Of the latest job. */
  end: number;
  /** Of the latest batch: when its first job was submitted, and what that one followed. */
  batch: { readonly submit: number; readonly follows: Follows | undefined };
  /** Jobs that had not ended when it was last looked, the latest one among them. */
  open: { readonly place: number; readonly end: number }[];
  /** The last end so far, of a job that is not open any more. */
  last: { readonly place: number; readonly end: number } | undefined;
}

/**
 * Which job each job follows, by its place, in the order of the records, which is that of their submissions.
 * A job that was submitted before the user's latest one had ended is of the same batch: it keeps its distance
 * to the batch's first job. Otherwise it begins a batch: it follows that job of the user that had ended last,
 * if no more than `gap` seconds had passed since, and else begins a session, and follows none. A job of an
 * unknown user follows none. Pure.
 *
 * After Zakay and Feitelson, "Preserving user behavior characteristics in trace-based simulation of parallel
 * job scheduling", MASCOTS 2014; docs/feedback.md has what is simplified.
 */
export function sessionsOf(records: readonly LoggedTimes[], gap: number): (Follows | undefined)[] {
  const users = new Map<number, Activity>();
  return records.map((record, place) => {
    const { submit, user } = record;
    if (user < 0) return undefined;
    const end = loggedEnd(record);
    const own = users.get(user);
    if (own === undefined) {
      const batch = { submit, follows: undefined };
      users.set(user, { end, batch, open: [{ place, end }], last: undefined });
      return undefined;
    }
    const follows = own.end > submit ? ofBatch(own, submit) : ofSession(own, submit, gap);
    own.end = end;
    own.open.push({ place, end });
    return follows;
  });
}

function ofBatch({ batch }: Activity, submit: number): Follows | undefined {
  if (batch.follows === undefined) return undefined;
  const { place, thinkSeconds } = batch.follows;
  return { place, thinkSeconds: exactSum(thinkSeconds, exactDifference(submit, batch.submit)) };
}

/** Begins a batch. */
function ofSession(own: Activity, submit: number, gap: number): Follows | undefined {
  for (const job of own.open) {
    if (job.end <= submit && job.end >= (own.last?.end ?? Number.NEGATIVE_INFINITY)) own.last = job;
  }
  own.open = own.open.filter(({ end }) => end > submit);
  const { last } = own;
  const thinkSeconds =
    last === undefined ? Number.POSITIVE_INFINITY : exactDifference(submit, last.end);
  const follows =
    last === undefined || thinkSeconds > gap ? undefined : { place: last.place, thinkSeconds };
  own.batch = { submit, follows };
  return follows;
}
