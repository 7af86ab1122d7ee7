-- Definitions: docs/metrics.md. Views that a user can query alone; loading a run copies
-- metric_values into metrics.

-- Jobs with their derived times. A job counts when its wait, run and allocation are known. A wait
-- below 0 by less than the clocks can tell (resolution of the start, offset of the nodes) is 0.
CREATE VIEW job_times AS
WITH clocks AS (
  SELECT run_id, max(abs(clock_offset_ms)) / 1000 AS offset_s FROM nodes GROUP BY run_id
), spans AS (
  SELECT
    jobs.*,
    start_s - submit_s AS raw_wait_s,
    end_s - start_s AS run_s,
    coalesce(start_resolution_ms, 0) / 1000 + coalesce(offset_s, 0) AS tolerance_s
  FROM jobs LEFT JOIN clocks USING (run_id)
), known AS (
  SELECT
    *,
    CASE WHEN raw_wait_s >= 0 THEN raw_wait_s WHEN raw_wait_s >= -tolerance_s THEN 0 END AS wait_s
  FROM spans
)
SELECT
  * EXCLUDE (raw_wait_s, tolerance_s),
  wait_s + run_s AS turnaround_s,
  CASE WHEN run_s > 0 THEN (wait_s + run_s) / run_s END AS slowdown,
  greatest(1, (wait_s + run_s) / greatest(run_s, 10)) AS bounded_slowdown,
  coalesce(wait_s IS NOT NULL AND run_s >= 0 AND allocated_cores > 0, false) AS counted
FROM known;

-- Means over the counted jobs of each user and queue.
CREATE VIEW user_figures AS
SELECT
  run_id,
  user_name,
  count(*) AS n,
  avg(wait_s) AS mean_wait,
  max(wait_s) AS max_wait,
  avg(turnaround_s) AS mean_turnaround,
  avg(slowdown) AS mean_slowdown,
  avg(bounded_slowdown) AS mean_bounded_slowdown,
  sum(allocated_cores * run_s) AS core_seconds
FROM job_times
WHERE counted
GROUP BY run_id, user_name;

CREATE VIEW queue_figures AS
SELECT
  run_id,
  queue,
  count(*) AS n,
  avg(wait_s) AS mean_wait,
  max(wait_s) AS max_wait,
  avg(turnaround_s) AS mean_turnaround,
  avg(slowdown) AS mean_slowdown,
  avg(bounded_slowdown) AS mean_bounded_slowdown,
  sum(allocated_cores * run_s) AS core_seconds
FROM job_times
WHERE counted
GROUP BY run_id, queue;

-- Share of the compute nodes' cores that was busy between the first and last sample of the window.
CREATE VIEW busy_figures AS
WITH windows AS (
  SELECT run_id, min(submit_s) AS first_s, max(end_s) AS last_s
  FROM job_times WHERE counted GROUP BY run_id
), spans AS (
  SELECT
    samples.run_id,
    samples.node,
    max(cpu_seconds) - min(cpu_seconds) AS busy_s,
    max(at_s) - min(at_s) AS span_s
  FROM samples JOIN windows USING (run_id)
  WHERE at_s BETWEEN first_s AND last_s
  GROUP BY samples.run_id, samples.node
)
SELECT run_id, sum(busy_s) / sum(span_s * vcpus) AS busy_share
FROM spans JOIN nodes USING (run_id, node)
WHERE role = 'compute' AND span_s > 0
GROUP BY run_id;

-- One row a run, also for a run without a counted job.
CREATE VIEW run_figures AS
WITH totals AS (
  SELECT
    run_id,
    count(*) AS jobs,
    count(*) FILTER (counted) AS n,
    count(*) FILTER (submit_s IS NULL) AS without_submit,
    count(*) FILTER (start_s IS NULL) AS without_start,
    count(*) FILTER (end_s IS NULL) AS without_end,
    count(*) FILTER (allocated_cores IS NULL OR allocated_cores <= 0) AS without_cores,
    max(end_s) FILTER (counted) - min(submit_s) FILTER (counted) AS makespan,
    avg(wait_s) FILTER (counted) AS mean_wait,
    max(wait_s) FILTER (counted) AS max_wait,
    avg(turnaround_s) FILTER (counted) AS mean_turnaround,
    avg(slowdown) FILTER (counted) AS mean_slowdown,
    avg(bounded_slowdown) FILTER (counted) AS mean_bounded_slowdown,
    sum(allocated_cores * run_s) FILTER (counted) AS core_seconds,
    avg(accept_s - submit_s) AS mean_submit_call,
    string_agg(DISTINCT start_source, ', ' ORDER BY start_source) FILTER (counted) AS start_sources,
    string_agg(DISTINCT end_source, ', ' ORDER BY end_source) FILTER (counted) AS end_sources
  FROM job_times
  GROUP BY run_id
), fairness AS (
  SELECT
    run_id,
    count(*) AS users,
    sum(mean_bounded_slowdown) ** 2 / (count(*) * sum(mean_bounded_slowdown ** 2)) AS jain
  FROM user_figures
  WHERE user_name IS NOT NULL
  GROUP BY run_id
)
SELECT
  runs.run_id,
  coalesce(jobs, 0) AS jobs,
  coalesce(n, 0) AS n,
  makespan,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  CASE WHEN makespan > 0 THEN core_seconds / (capacity_cores * makespan) END AS utilisation,
  busy_share,
  users,
  jain,
  mean_submit_call,
  failed_jobs,
  CASE
    WHEN coalesce(n, 0) > 0 THEN NULL
    WHEN coalesce(jobs, 0) = 0 THEN 'the run has no jobs'
    ELSE format(
      'no job counts: of {} jobs {} have no known submit, {} no start, {} no end, {} no cores',
      jobs, without_submit, without_start, without_end, without_cores)
  END AS uncounted_reason,
  CASE
    WHEN n > 0 THEN format(
      '; times: submit {}, start {}, end {}',
      CASE origin WHEN 'live' THEN 'harness' ELSE 'as recorded' END,
      coalesce(start_sources, 'as recorded'), coalesce(end_sources, 'as recorded'))
    ELSE ''
  END AS sources
FROM runs
LEFT JOIN totals USING (run_id)
LEFT JOIN fairness USING (run_id)
LEFT JOIN busy_figures USING (run_id);

-- The long form: every metric of every run, with its unit, definition and the reason of a NULL.
CREATE VIEW metric_values AS
WITH run_metrics AS (
  SELECT run_id, 'run' AS scope, NULL::VARCHAR AS subject, unnest([
    {name: 'n', value: n::DOUBLE, unit: 'jobs', reason: NULL,
     definition: 'jobs that count: submit, start, end and allocated cores known, wait and run >= 0'},
    {name: 'makespan', value: makespan, unit: 's', reason: uncounted_reason,
     definition: 'last end - first submit' || sources},
    {name: 'mean_wait', value: mean_wait, unit: 's', reason: uncounted_reason,
     definition: 'mean of start - submit' || sources},
    {name: 'max_wait', value: max_wait, unit: 's', reason: uncounted_reason,
     definition: 'largest start - submit' || sources},
    {name: 'mean_turnaround', value: mean_turnaround, unit: 's', reason: uncounted_reason,
     definition: 'mean of end - submit' || sources},
    {name: 'mean_slowdown', value: mean_slowdown, unit: '1',
     reason: coalesce(uncounted_reason, 'no job ran longer than 0 s'),
     definition: 'mean of turnaround / run over jobs with run > 0' || sources},
    {name: 'mean_bounded_slowdown', value: mean_bounded_slowdown, unit: '1',
     reason: uncounted_reason,
     definition: 'mean of max(1, turnaround / max(run, 10 s))' || sources},
    {name: 'utilisation', value: utilisation, unit: '1',
     reason: coalesce(uncounted_reason,
       CASE WHEN makespan > 0 THEN 'capacity unknown' ELSE 'the makespan is 0' END),
     definition: 'sum of allocated cores x run / (capacity x makespan)' || sources},
    {name: 'busy_share', value: busy_share, unit: '1',
     reason: coalesce(uncounted_reason, 'no two samples of a compute node between first submit and last end'),
     definition: 'CPU time of the compute nodes / (their cores x sampled time)'},
    {name: 'users', value: users::DOUBLE, unit: 'users',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'users with a job that counts'},
    {name: 'jain', value: jain, unit: '1',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'Jain index (sum x)^2 / (n sum x^2), x: each user''s mean bounded slowdown' || sources},
    {name: 'mean_submit_call', value: mean_submit_call, unit: 's',
     reason: 'no submit call has both its times',
     definition: 'mean time of a submit call, on the controller''s clock'},
    {name: 'failed_jobs', value: failed_jobs::DOUBLE, unit: 'jobs',
     reason: 'the run did not get as far as collecting its jobs',
     definition: 'jobs whose final state is not completed'}
  ], recursive := true)
  FROM run_figures
), subjects AS (
  SELECT run_id, 'user' AS scope, user_name AS subject, * EXCLUDE (run_id, user_name)
  FROM user_figures WHERE user_name IS NOT NULL
  UNION ALL
  SELECT run_id, 'queue' AS scope, queue AS subject, * EXCLUDE (run_id, queue)
  FROM queue_figures WHERE queue IS NOT NULL
), subject_metrics AS (
  SELECT run_id, scope, subject, unnest([
    {name: 'n', value: n::DOUBLE, unit: 'jobs', reason: NULL, definition: 'jobs that count'},
    {name: 'mean_wait', value: mean_wait, unit: 's', reason: NULL,
     definition: 'mean of start - submit'},
    {name: 'max_wait', value: max_wait, unit: 's', reason: NULL,
     definition: 'largest start - submit'},
    {name: 'mean_turnaround', value: mean_turnaround, unit: 's', reason: NULL,
     definition: 'mean of end - submit'},
    {name: 'mean_slowdown', value: mean_slowdown, unit: '1', reason: 'no job ran longer than 0 s',
     definition: 'mean of turnaround / run over jobs with run > 0'},
    {name: 'mean_bounded_slowdown', value: mean_bounded_slowdown, unit: '1', reason: NULL,
     definition: 'mean of max(1, turnaround / max(run, 10 s))'},
    {name: 'core_seconds', value: core_seconds, unit: 'core s', reason: NULL,
     definition: 'sum of allocated cores x run'}
  ], recursive := true)
  FROM subjects
), everything AS (
  SELECT * FROM run_metrics UNION ALL BY NAME SELECT * FROM subject_metrics
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM everything;
