import { clockOffsetSql } from "../check";

/**
 * SQL: starts and ends that both the scheduler and the wrapper saw, once each. `lag_s` is how long the
 * scheduler says the job held its cores before the wrapper's start, or after its end; `tolerance_s` is
 * what resolutions and clocks may hide. A job that was ended from outside hears of it after the scheduler
 * wrote its end, so only ends of its own count.
 */
export const pairedMomentsSql = `
  WITH moments AS (
    SELECT job, event, source, count(DISTINCT at_s) AS times, max(at_s) AS at_s,
      max(resolution_ms) / 1000 AS resolution_s
    FROM job_events
    WHERE run_id = $1 AND event IN ('start', 'end') AND source IN ('scheduler', 'wrapper')
    GROUP BY job, event, source
  )
  SELECT
    job,
    event,
    CASE event WHEN 'start' THEN own.at_s - theirs.at_s ELSE theirs.at_s - own.at_s END AS lag_s,
    own.resolution_s + theirs.resolution_s + ${clockOffsetSql} AS tolerance_s
  FROM moments AS own
  JOIN moments AS theirs USING (job, event)
  JOIN (SELECT job, state FROM jobs WHERE run_id = $1) USING (job)
  WHERE own.source = 'wrapper' AND theirs.source = 'scheduler' AND own.times = 1 AND theirs.times = 1
    AND (event = 'start' OR state IN ('completed', 'failed'))`;
