import { z } from "zod";
import { type Check, clockFactorSql, judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import type { CheckName } from "../names";
import { counted, secondsText } from "../text";

const row = z.object({
  submitted: z.number(),
  median: z.number().nullable(),
  p99: z.number().nullable(),
  worst: z.number().nullable(),
  job: z.number().nullable(),
  late: z.number(),
  factor: z.number(),
});
type Row = z.infer<typeof row>;

const sql = `
  SELECT count(*)::INTEGER AS submitted, quantile_disc(late_s, 0.5) AS median,
    quantile_disc(late_s, 0.99) AS p99, max(late_s) AS worst, first(job ORDER BY late_s DESC, job) AS job,
    (count(*) FILTER (late_s > ${limits.submissionSeconds}))::INTEGER AS late,
    ${clockFactorSql} AS factor
  FROM (
    SELECT job, (submit_s - due_s) / ${clockFactorSql} AS late_s
    FROM jobs WHERE run_id = $1 AND due_s IS NOT NULL AND submit_s IS NOT NULL
  )`;

/**
 * From the time at which the schedule wanted a job submitted to the call that did it, in seconds of the host:
 * the pace is the harness's, whatever clock the scheduler has.
 */
function submissionCheck(
  name: CheckName,
  limit: number,
  figure: (row: Row) => number | null,
  explain: (row: Row) => string,
): Check {
  return sqlCheck({
    name,
    touches: figures.times,
    sql,
    row,
    judge(found) {
      const value = figure(found);
      if (value === null) return unknown("no job has both a due time and a submit call");
      const unit = found.factor === 1 ? "s" : "s of the host";
      return judged({ figure: value, limit, unit, explanation: explain(found) });
    },
  });
}

export const submissionKept = submissionCheck(
  "submission-kept",
  limits.submissionSeconds,
  ({ p99 }) => p99,
  ({ submitted, median, p99, late }) =>
    `of ${counted(submitted, "job")} half were submitted at most ${secondsText(median ?? 0)} after they were ` +
    `due and 99 % at most ${secondsText(p99 ?? 0)}; ${late} more than ${limits.submissionSeconds} s late`,
);

export const latestSubmission = submissionCheck(
  "latest-submission",
  limits.latestSubmissionSeconds,
  ({ worst }) => worst,
  ({ worst, job }) =>
    `job ${job} was submitted ${secondsText(worst ?? 0)} after it was due, the latest of all`,
);
