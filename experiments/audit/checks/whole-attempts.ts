import { z } from "zod";
import { clockOffsetSql, judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, listed } from "../text";

const jobNumbers = z.array(z.number());
const row = z.object({
  attempts: z.number(),
  /** Jobs that ran by their own records. */
  started: z.number(),
  withoutStart: jobNumbers,
  withoutEnd: jobNumbers,
  /** An attempt began before the one before it had ended. */
  overlapping: jobNumbers,
  /** Completed without an attempt. */
  without: jobNumbers,
});

export const wholeAttempts = sqlCheck({
  name: "whole-attempts",
  touches: figures.times,
  sql: `
    WITH own AS (
      FROM attempts WHERE run_id = $1
    ), pairs AS (
      SELECT job,
        start_s + coalesce(start_resolution_ms, 0) / 1000 AS surely_started_s,
        lag(end_s - coalesce(end_resolution_ms, 0) / 1000) OVER (PARTITION BY job ORDER BY attempt)
          AS surely_held_s
      FROM own
    )
    SELECT
      (SELECT count(*)::INTEGER FROM own) AS attempts,
      (SELECT count(*)::INTEGER FROM jobs WHERE run_id = $1 AND start_s IS NOT NULL) AS started,
      (SELECT coalesce(list(job ORDER BY job), []) FROM own WHERE start_s IS NULL) AS "withoutStart",
      (SELECT coalesce(list(job ORDER BY job), []) FROM own WHERE end_s IS NULL) AS "withoutEnd",
      (SELECT coalesce(list(DISTINCT job ORDER BY job), []) FROM pairs
       WHERE surely_started_s < surely_held_s - ${clockOffsetSql}) AS overlapping,
      (SELECT coalesce(list(job ORDER BY job), []) FROM jobs WHERE run_id = $1 AND state = 'completed'
       AND job NOT IN (SELECT job FROM own)) AS without`,
  row,
  judge({ attempts, started, withoutStart, withoutEnd, overlapping, without }) {
    if (attempts === 0 && started > 0) return unknown("the attempts of its jobs are not recorded");
    const wrong = withoutStart.length + withoutEnd.length + overlapping.length + without.length;
    return judged({
      figure: wrong,
      limit: 0,
      unit: "attempts",
      explanation:
        wrong === 0
          ? `each of ${counted(attempts, "attempt")} has one start and one end`
          : listed([
              overlapping.length > 0 &&
                `${jobsNamed(overlapping)} ran twice at a time: an attempt began before the one before it had ended`,
              withoutEnd.length > 0 && `no end is known of an attempt of ${jobsNamed(withoutEnd)}`,
              withoutStart.length > 0 &&
                `no start is known of an attempt of ${jobsNamed(withoutStart)}`,
              without.length > 0 && `${jobsNamed(without)} completed without a start that was seen`,
            ]),
    });
  },
});
