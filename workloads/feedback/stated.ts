import { Failure } from "../../base/failure";
import { exactDifference } from "../decimal";
import { type Follows, type LoggedTimes, loggedEnd } from "./sessions";

/** The fields of the Standard Workload Format that say which job a job follows; −1 for none. */
export interface StatedJob extends LoggedTimes {
  readonly job: number;
  readonly preceding: number;
  /** Seconds. */
  readonly think: number;
}

export interface Stated {
  /** By place. */
  readonly follows: readonly (Follows | undefined)[];
  /** Jobs that follow one that is not among these: they follow none. */
  readonly dropped: number;
}

/**
 * Which job each job follows by the log's own fields 17 and 18. A think time that is unknown is what passed
 * between the one's end and the other's submission, and at least 0. Pure. Throws Failure for a job that
 * follows itself or a later one.
 */
export function statedFollows(records: readonly StatedJob[]): Stated {
  const places = new Map(records.map(({ job }, place) => [job, place]));
  let dropped = 0;
  const follows = records.map((record, place): Follows | undefined => {
    const { job, preceding, think, submit } = record;
    if (preceding <= 0) return undefined;
    const before = places.get(preceding);
    const earlier = before === undefined ? undefined : records[before];
    if (before === undefined || earlier === undefined) {
      dropped += 1;
      return undefined;
    }
    if (before >= place) {
      const which = before === place ? "itself" : `job ${preceding}, which comes after it`;
      throw new Failure(`job ${job} of the trace has as its preceding job ${which}`, {
        remedy: "correct field 17 of that job, or leave out workload.feedback",
      });
    }
    const passed = Math.max(0, exactDifference(submit, loggedEnd(earlier)));
    return { place: before, thinkSeconds: think >= 0 ? think : passed };
  });
  return { follows, dropped };
}
