import { z } from "zod";
import { type Check, judged, sqlCheck } from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, listed } from "../text";

const jobNumbers = z.array(z.number());
const row = z.object({
  origin: z.string(),
  planned: z.number(),
  jobs: z.number(),
  /** Lines of the run directory that are no records. */
  bad: z.number(),
  counted: z.number(),
  withoutDue: jobNumbers,
  withoutSubmit: jobNumbers,
  withoutStart: jobNumbers,
  withoutEnd: jobNumbers,
  withoutCores: jobNumbers,
  lost: jobNumbers,
  /** The answer to the submission was lost, the job was not. */
  unanswered: jobNumbers,
  wrong: z.number(),
});

/**
 * What a job's state demands: all have a due time, submitted ones the time of their submission, those
 * that ran a start, an end and cores. A recorded log leaves gaps by its nature: they are noted.
 */
export const recordsComplete: Check = sqlCheck({
  name: "records-complete",
  touches: figures.everything,
  recorded: true,
  sql: `
    WITH run AS (
      FROM runs WHERE run_id = $1
    ), expectations AS (
      SELECT *,
        state = 'lost' AS is_lost,
        -- One that was never submitted may have waited for another one to be due.
        due_s IS NULL AND (SELECT origin FROM run) = 'live'
          AND NOT (state IN ('cancelled', 'planned') AND submit_s IS NULL) AS no_due,
        -- One that was cancelled before it was due has none.
        submit_s IS NULL AND NOT (state IN ('cancelled', 'planned') AND scheduler_job IS NULL)
          AS no_submit,
        accept_s IS NULL AND submit_s IS NOT NULL AND (SELECT origin FROM run) = 'live' AS unanswered,
        start_s IS NULL AND (state IN ('completed', 'timeout', 'running', 'out-of-memory')
          OR end_s IS NOT NULL AND nodes IS NOT NULL) AS no_start,
        end_s IS NULL AND (start_s IS NOT NULL OR state = 'completed') AS no_end,
        coalesce(allocated_cores, 0) <= 0 AND start_s IS NOT NULL AS no_cores
      FROM job_times WHERE run_id = $1
    )
    SELECT
      (SELECT origin FROM run) AS origin,
      (SELECT coalesce(planned_jobs, 0) FROM run) AS planned,
      -- By way of JSON: a store of a schema without the column has no bad records that are known.
      (SELECT coalesce((to_json(run) ->> 'bad_records')::INTEGER, 0) FROM run) AS bad,
      count(*)::INTEGER AS jobs,
      (count(*) FILTER (counted))::INTEGER AS counted,
      coalesce(list(job ORDER BY job) FILTER (no_due), []) AS "withoutDue",
      coalesce(list(job ORDER BY job) FILTER (no_submit), []) AS "withoutSubmit",
      coalesce(list(job ORDER BY job) FILTER (no_start), []) AS "withoutStart",
      coalesce(list(job ORDER BY job) FILTER (no_end), []) AS "withoutEnd",
      coalesce(list(job ORDER BY job) FILTER (no_cores), []) AS "withoutCores",
      coalesce(list(job ORDER BY job) FILTER (is_lost), []) AS lost,
      coalesce(list(job ORDER BY job) FILTER (unanswered), []) AS unanswered,
      (count(*) FILTER (no_due OR no_submit OR no_start OR no_end OR no_cores OR is_lost))::INTEGER
        AS wrong
    FROM expectations`,
  row,
  judge(found) {
    const { origin, planned, jobs } = found;
    const unwritten = Math.max(0, planned - jobs);
    const figure = found.wrong + unwritten + found.bad;
    const without = (list: readonly number[], what: string) =>
      list.length > 0 && `${what} of ${jobsNamed(list)}`;
    const gaps = listed([
      without(found.withoutSubmit, "no submit time"),
      without(found.withoutStart, "no start"),
      without(found.withoutEnd, "no end"),
      without(found.withoutCores, "no cores"),
      without(found.withoutDue, "no due time"),
      found.lost.length > 0 && `the end of ${jobsNamed(found.lost)} was never learnt`,
      found.bad > 0 &&
        `${counted(found.bad, "line")} of the run directory ${found.bad === 1 ? "is" : "are"} no record`,
      unwritten > 0 && `${counted(unwritten, "planned job")} without any record`,
    ]);
    const finding = judged({
      figure,
      limit: 0,
      unit: "records",
      explanation:
        `the means are over ${found.counted} of ${counted(Math.max(planned, jobs), "job")}` +
        (figure > 0 ? `: ${gaps}` : ", and every job has what its state demands") +
        (found.unanswered.length > 0
          ? `; the answer to the submission of ${jobsNamed(found.unanswered)} was lost`
          : ""),
    });
    return finding.verdict === "failed" && origin !== "live"
      ? { ...finding, verdict: "noted" }
      : finding;
  },
});
