import { z } from "zod";
import { judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, listed } from "../text";

const row = z.object({
  expected: z.number(),
  accounted: z.number(),
  /** Jobs that the scheduler had more than once. */
  doubled: z.array(z.object({ job: z.number(), ids: z.array(z.string()) })),
  /** Submitted, and not in the scheduler's accounting. */
  lost: z.array(z.number()),
  /** In the scheduler although it refused them, or although they were never submitted or planned. */
  unasked: z.array(z.number()),
});

/** The scheduler's own accounting, and every scheduler's number that harness and wrapper have seen. */
export const oneSchedulerJob = sqlCheck({
  name: "one-scheduler-job",
  touches: figures.everything,
  sql: `
    WITH accounted AS (
      SELECT DISTINCT job, scheduler_job FROM scheduler_jobs WHERE run_id = $1
    ), seen AS (
      FROM accounted
      UNION SELECT job, scheduler_job FROM attempts WHERE run_id = $1 AND scheduler_job IS NOT NULL
      UNION SELECT job, scheduler_job FROM jobs WHERE run_id = $1 AND scheduler_job IS NOT NULL
    ), ids AS (
      SELECT job, list(scheduler_job ORDER BY len(scheduler_job), scheduler_job) AS ids FROM seen GROUP BY job
    ), planned AS (
      SELECT job, state <> 'rejected' AND (submit_s IS NOT NULL OR scheduler_job IS NOT NULL) AS expected
      FROM jobs WHERE run_id = $1
    ), compared AS (
      SELECT job, coalesce(expected, false) AS expected, coalesce(ids, []) AS ids,
        job IN (SELECT job FROM accounted) AS accounted
      FROM planned FULL JOIN ids USING (job)
    )
    SELECT
      count(*) FILTER (expected)::INTEGER AS expected,
      count(*) FILTER (accounted)::INTEGER AS accounted,
      coalesce(list({job: job, ids: ids} ORDER BY len(ids) DESC, job) FILTER (len(ids) > 1), [])
        AS doubled,
      coalesce(list(job ORDER BY job) FILTER (expected AND NOT accounted), []) AS lost,
      coalesce(list(job ORDER BY job) FILTER (NOT expected AND len(ids) > 0), []) AS unasked
    FROM compared`,
  row,
  judge({ expected, accounted, doubled, lost, unasked }) {
    const known = accounted > 0 || expected === 0;
    if (!known && doubled.length === 0) {
      return unknown("the scheduler's own accounting was not collected");
    }
    const missing = known ? lost : [];
    const [worst] = doubled;
    const wrong = new Set([...doubled.map(({ job }) => job), ...missing, ...unasked]);
    return judged({
      figure: wrong.size,
      limit: 0,
      unit: "jobs",
      explanation:
        wrong.size === 0
          ? `each of ${counted(expected, "submitted job")} is in the scheduler once`
          : listed([
              worst !== undefined &&
                `${counted(doubled.length, "job")} doubled: the scheduler had job ${worst.job} as ${worst.ids.join(" and ")}` +
                  (doubled.length === 1
                    ? ""
                    : `, and ${jobsNamed(doubled.slice(1).map(({ job }) => job))} more than once`),
              missing.length > 0 &&
                `${counted(missing.length, "job")} lost: the scheduler's accounting does not have ${jobsNamed(missing)}`,
              unasked.length > 0 &&
                `${counted(unasked.length, "job")} unasked for: the scheduler has ${jobsNamed(unasked)}, which the run did not submit`,
              !known && "losses are unknown, as the scheduler's accounting was not collected",
            ]),
    });
  },
});
