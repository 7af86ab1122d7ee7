import type { Feedback } from "../../spec/feedback";
import { type Follows, sessionsOf } from "./sessions";
import { type StatedJob, statedFollows } from "./stated";

export interface FeedbackPlan {
  /** Which job each job follows, by place. */
  readonly follows: readonly (Follows | undefined)[];
  /** For a person. */
  readonly notes: readonly string[];
}

/**
 * Which of these jobs, in order of submission, follow which. Where any of them has a preceding job in the
 * log, the log's own word holds for all; otherwise sessions are found. Throws Failure.
 */
export function feedbackPlan(records: readonly StatedJob[], { gap }: Feedback): FeedbackPlan {
  if (records.some(({ preceding }) => preceding > 0)) {
    const { follows, dropped } = statedFollows(records);
    const left = `${dropped} jobs follow one that is not replayed: they are submitted when the log says`;
    return {
      follows,
      notes: [summary(follows, "as the log says"), ...(dropped > 0 ? [left] : [])],
    };
  }
  const follows = sessionsOf(records, gap);
  const unknown = records.filter(({ wait }) => wait < 0).length;
  const without = `${unknown} jobs of the log have no recorded wait: sessions are found as if they had not waited`;
  return {
    follows,
    notes: [
      summary(follows, `found with a gap of ${gap} s of the log`),
      ...(unknown > 0 ? [without] : []),
    ],
  };
}

function summary(follows: readonly (Follows | undefined)[], how: string): string {
  const count = follows.filter((one) => one !== undefined).length;
  return `${count} of ${follows.length} jobs are submitted after an earlier one has ended, ${how}`;
}
