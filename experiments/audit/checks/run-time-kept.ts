import { z } from "zod";
import { judged, notApplicable, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted, secondsText } from "../text";

const row = z.object({
  emulated: z.boolean(),
  jobs: z.number(),
  median: z.number().nullable(),
  p99: z.number().nullable(),
  /** Past resolutions. */
  worst: z.number().nullable(),
  job: z.number().nullable(),
  asked: z.number().nullable(),
  held: z.number().nullable(),
  late: z.number(),
});

/**
 * How long a completed job held its cores in its last attempt, compared with the time that its body
 * was asked to take. Only bodies with a given time are checked, and no job that was suspended.
 */
export const runTimeKept = sqlCheck({
  name: "run-time-kept",
  touches: figures.times,
  sql: `
    WITH timed AS (
      FROM jobs
      WHERE run_id = $1 AND state = 'completed' AND planned_run_s IS NOT NULL
        AND (SELECT len(list_intersect(bodies, ['sleep', 'spin', 'hold'])) > 0 FROM runs WHERE run_id = $1)
        AND job NOT IN (SELECT job FROM benchmarks WHERE run_id = $1)
    ), last_attempts AS (
      SELECT job, max(attempt) AS attempt FROM attempts WHERE run_id = $1 GROUP BY job
    ), held AS (
      SELECT job, sum(to_s - from_s) AS held_s
      FROM (FROM held_intervals WHERE run_id = $1) JOIN last_attempts USING (job, attempt)
      GROUP BY job
    ), errors AS (
      SELECT job, planned_run_s AS asked_s, coalesce(held_s, end_s - start_s) AS held_s,
        greatest(0, abs(coalesce(held_s, end_s - start_s) - planned_run_s)
          - (coalesce(start_resolution_ms, 0) + coalesce(end_resolution_ms, 0)) / 1000) AS error_s
      FROM timed LEFT JOIN held USING (job)
      WHERE start_s IS NOT NULL AND end_s IS NOT NULL
    )
    SELECT (SELECT is_emulated(spec) FROM runs WHERE run_id = $1) AS emulated,
      count(*)::INTEGER AS jobs, quantile_disc(error_s, 0.5) AS median,
      quantile_disc(error_s, 0.99) AS p99, max(error_s) AS worst, first(job ORDER BY error_s DESC, job) AS job,
      first(asked_s ORDER BY error_s DESC, job) AS asked, first(held_s ORDER BY error_s DESC, job) AS held,
      (count(*) FILTER (error_s > ${limits.runTimeSeconds}))::INTEGER AS late
    FROM errors`,
  row,
  judge({ emulated, jobs, median, p99, worst, job, asked, held, late }) {
    if (emulated) return notApplicable("emulation-exact judges the run times on emulated nodes");
    if (worst === null) return unknown("no completed job has a body of a given time");
    return judged({
      figure: worst,
      limit: limits.runTimeSeconds,
      unit: "s",
      explanation:
        `job ${job} held its cores for ${secondsText(held ?? 0)} where ${secondsText(asked ?? 0)} were asked, ` +
        `the furthest of ${counted(jobs, "job")}; off by ${secondsText(median ?? 0)} in the median and ` +
        `${secondsText(p99 ?? 0)} at the 99th percentile, ${late} by more than ${limits.runTimeSeconds} s`,
    });
  },
});
