-- Definitions: docs/metrics.md. How well the scheduler foretold the starts of its jobs.

-- When each job that counts started: every time, where its attempts are recorded.
CREATE VIEW counted_starts AS
WITH known AS (
  SELECT run_id, job, attempts.start_s
  FROM attempts JOIN job_times USING (run_id, job) WHERE counted AND attempts.start_s IS NOT NULL
)
FROM known
UNION ALL
SELECT run_id, job, start_s FROM job_times ANTI JOIN known USING (run_id, job) WHERE counted;

-- Each estimate of a job that has started, as far as it was seen before a start: start_s is the first one
-- from then on, which for a job that was requeued need not be its last. lead_s is how long before it;
-- error_s is above 0 where the job started later than foretold. last: no later one was seen.
-- An estimate that was over when it was seen foretold a start at that moment.
CREATE VIEW estimate_errors AS
SELECT
  told.run_id,
  told.job,
  seen_s,
  estimate_s,
  start_s,
  start_s - seen_s AS lead_s,
  start_s - greatest(estimate_s, seen_s) AS error_s,
  resolution_ms / 1000 AS within_s,
  row_number() OVER (PARTITION BY told.run_id, told.job ORDER BY seen_s DESC) = 1 AS last
FROM start_estimates AS told ASOF JOIN counted_starts AS starts
  ON starts.run_id = told.run_id AND starts.job = told.job AND told.seen_s <= starts.start_s;

-- The last estimates of a run. Those of jobs that the scheduler was asked about, but had none for, are not
-- among them.
CREATE VIEW estimate_figures AS
SELECT
  run_id,
  count(*) AS estimated,
  avg(error_s) AS mean_estimate_error,
  quantile_cont(abs(error_s), 0.5) AS median_absolute_estimate_error,
  count(*) FILTER (error_s <= within_s) / count(*) AS started_by_estimate_share
FROM estimate_errors
WHERE last
GROUP BY run_id;

-- All estimates, by how long before the start they were seen.
CREATE VIEW estimate_lead_figures AS
WITH classes AS (
  SELECT
    *,
    CASE
      WHEN lead_s < 60 THEN 0 WHEN lead_s < 600 THEN 60 WHEN lead_s < 3600 THEN 600
      WHEN lead_s < 21600 THEN 3600 ELSE 21600
    END AS lead_from_s
  FROM estimate_errors
)
SELECT
  run_id,
  lead_from_s,
  CASE lead_from_s WHEN 0 THEN 60 WHEN 60 THEN 600 WHEN 600 THEN 3600 WHEN 3600 THEN 21600 END
    AS lead_to_s,
  count(*) AS estimates,
  count(DISTINCT job) AS jobs,
  avg(error_s) AS mean_error,
  quantile_cont(abs(error_s), 0.5) AS median_absolute_error,
  count(*) FILTER (error_s <= within_s) / count(*) AS started_by_estimate_share
FROM classes
GROUP BY run_id, lead_from_s;

-- The scheduler's counters beside the jobs that waited and ran at that moment, by the counted jobs.
-- change is what a counter has grown by since it was read before; NULL for the first reading, and below 0
-- where it was set back or is no counter.
CREATE VIEW internals_series AS
SELECT
  internals.run_id,
  internals.at_s,
  name,
  value,
  value - lag(value) OVER readings AS change,
  internals.at_s - lag(internals.at_s) OVER readings AS since_s,
  coalesce(queued_jobs, 0) AS queued_jobs,
  coalesce(running_jobs, 0) AS running_jobs,
  coalesce(queued_cores, 0) AS queued_cores,
  coalesce(running_cores, 0) AS running_cores
FROM scheduler_internals AS internals
ASOF LEFT JOIN core_series AS cores
  ON cores.run_id = internals.run_id AND internals.at_s >= cores.at_s
WINDOW readings AS (PARTITION BY internals.run_id, name ORDER BY internals.at_s);

-- How long the scheduler took for what it does, in milliseconds, at each reading: as it told itself (the
-- last cycle, or the mean of all), or the mean since the reading before, where it counts times and calls.
-- A counter of times is named …_total_ms or …_total_us, and that of the calls the same or …_calls.
CREATE VIEW internal_durations AS
WITH named AS (
  SELECT
    run_id, at_s, name, value, change,
    regexp_replace(name, '_(total_[mu]s|calls)$', '') AS stem,
    regexp_extract(name, '_total_([mu]s)$', 1) AS total_unit
  FROM internals_series
)
SELECT
  run_id, at_s, regexp_replace(name, '_(us|s)$', '') AS name,
  CASE WHEN ends_with(name, '_us') THEN value / 1000 ELSE value * 1000 END AS ms
FROM named
WHERE ends_with(name, '_last_cycle_us') OR ends_with(name, '_mean_s')
UNION ALL
SELECT
  total.run_id, total.at_s, total.stem,
  total.change / CASE total.total_unit WHEN 'us' THEN 1000 ELSE 1 END / calls.change
FROM named AS total JOIN named AS calls USING (run_id, at_s, stem)
WHERE total.total_unit <> '' AND calls.total_unit = '' AND calls.change > 0 AND total.change >= 0;
