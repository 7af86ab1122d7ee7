-- Definitions: docs/metrics.md. How waits and slowdowns are spread over the jobs of a run, a user, a
-- queue and a class. Unlike the sums, these are computed from the jobs themselves each time.

-- A group's quantiles, and its means weighted with each job's area, cores x run time; those are NULL
-- where all areas are 0.
CREATE MACRO tails(wait_s, turnaround_s, bounded_slowdown, area) AS {
  p50_wait: quantile_cont(wait_s, [0.5, 0.9, 0.99])[1],
  p90_wait: quantile_cont(wait_s, [0.5, 0.9, 0.99])[2],
  p99_wait: quantile_cont(wait_s, [0.5, 0.9, 0.99])[3],
  p50_bounded_slowdown: quantile_cont(bounded_slowdown, [0.5, 0.9, 0.99])[1],
  p90_bounded_slowdown: quantile_cont(bounded_slowdown, [0.5, 0.9, 0.99])[2],
  p99_bounded_slowdown: quantile_cont(bounded_slowdown, [0.5, 0.9, 0.99])[3],
  area_weighted_response_time: sum(area * turnaround_s) / nullif(sum(area), 0),
  area_weighted_bounded_slowdown: sum(area * bounded_slowdown) / nullif(sum(area), 0)
};

CREATE VIEW run_tails AS
SELECT run_id, unnest(tails(wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s))
FROM job_times WHERE counted GROUP BY run_id;

CREATE VIEW user_tails AS
SELECT
  run_id, user_name, unnest(tails(wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s))
FROM job_times WHERE counted GROUP BY run_id, user_name;

-- The same for each queue, account and QOS.
CREATE VIEW group_tails AS
WITH groups AS (
  SELECT run_id, 'queue' AS scope, queue AS subject, wait_s, turnaround_s, bounded_slowdown,
    allocated_cores * run_s AS area
  FROM job_times WHERE counted AND queue IS NOT NULL
  UNION ALL
  SELECT run_id, 'account', account, wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s
  FROM job_times WHERE counted AND account IS NOT NULL
  UNION ALL
  SELECT run_id, 'qos', qos, wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s
  FROM job_times WHERE counted AND qos IS NOT NULL
)
SELECT run_id, scope, subject, unnest(tails(wait_s, turnaround_s, bounded_slowdown, area))
FROM groups GROUP BY run_id, scope, subject;

-- The jobs that were submitted in the steady part of the window: the same ones under every scheduler.
CREATE VIEW steady_job_figures AS
SELECT
  run_id,
  count(*) AS n,
  avg(wait_s) AS mean_wait,
  avg(turnaround_s) AS mean_turnaround,
  avg(slowdown) AS mean_slowdown,
  avg(bounded_slowdown) AS mean_bounded_slowdown,
  unnest(tails(wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s))
FROM job_times JOIN run_windows USING (run_id)
WHERE counted AND steady_to_s > steady_from_s AND submit_s >= steady_from_s
GROUP BY run_id;

-- Jobs above these limits are wide and long. They come from the job list alone, whether its jobs count
-- or not, so that a job is of the same class whatever a scheduler makes of it.
CREATE VIEW class_limits AS
SELECT
  run_id,
  coalesce(wide_above(), quantile_disc(coalesce(requested_cores, allocated_cores), 0.5))::DOUBLE
    AS wide_above,
  coalesce(long_above(), quantile_disc(coalesce(planned_run_s, run_s), 0.5))::DOUBLE AS long_above
FROM job_times
GROUP BY run_id;

-- One row for each class of a run that has a job that counts.
CREATE VIEW class_figures AS
WITH classed AS (
  SELECT
    *,
    CASE WHEN coalesce(requested_cores, allocated_cores) > wide_above THEN 'wide' ELSE 'narrow' END
      || CASE WHEN coalesce(planned_run_s, run_s) > long_above THEN ', long' ELSE ', short' END
      AS class
  FROM job_times JOIN class_limits USING (run_id)
  WHERE counted
)
SELECT
  run_id,
  class,
  any_value(wide_above) AS wide_above,
  any_value(long_above) AS long_above,
  count(*) AS n,
  avg(wait_s) AS mean_wait,
  max(wait_s) AS max_wait,
  avg(turnaround_s) AS mean_turnaround,
  avg(slowdown) AS mean_slowdown,
  avg(bounded_slowdown) AS mean_bounded_slowdown,
  CASE WHEN count(held_s) = count(*) THEN sum(allocated_cores * held_s) END AS core_seconds,
  CASE WHEN count(held_s) = count(*)
    THEN sum(wait_s) / nullif(sum(allocated_cores * held_s), 0) END AS normalised_wait,
  unnest(tails(wait_s, turnaround_s, bounded_slowdown, allocated_cores * run_s))
FROM classed
GROUP BY run_id, class;
