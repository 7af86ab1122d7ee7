-- Definitions: docs/metrics.md. Scheduler cost, entitled shares, series over time, elasticity.

-- What the scheduler's own daemons cost between the first submission and the last end.
CREATE TABLE daemons (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  daemon VARCHAR NOT NULL,
  cpu_seconds DOUBLE NOT NULL,
  peak_memory_bytes DOUBLE NOT NULL
);

-- What the policy entitles users to, in relation to each other. A user without a row has 1.
CREATE TABLE shares (
  run_id VARCHAR NOT NULL,
  user_name VARCHAR NOT NULL,
  share DOUBLE NOT NULL
);

-- Lower bound of the run time in the bounded slowdown, in seconds: 10, or what
-- SET VARIABLE tau = … says for this session.
CREATE MACRO tau() AS coalesce(getvariable('tau'), 10)::DOUBLE;

CREATE OR REPLACE VIEW job_times AS
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
-- Without a NULL, greatest(1, turnaround / greatest(run, tau)) is the same and takes longer.
SELECT
  * EXCLUDE (raw_wait_s, tolerance_s),
  wait_s + run_s AS turnaround_s,
  CASE WHEN run_s >= 0 THEN (wait_s + run_s) / nullif(run_s, 0) END AS slowdown,
  CASE
    WHEN run_s >= tau() THEN (wait_s + run_s) / run_s
    WHEN run_s >= 0 AND wait_s + run_s > tau() THEN (wait_s + run_s) / tau()
    WHEN run_s >= 0 AND wait_s IS NOT NULL THEN 1
  END AS bounded_slowdown,
  coalesce(wait_s >= 0 AND run_s >= 0 AND allocated_cores > 0, false) AS counted
FROM known;

-- The window of a run: first submit to last end of the counted jobs. The steady part leaves out the
-- warm-up (the first tenth of the time of submission) and the drain (all after the last submit).
CREATE VIEW run_windows AS
SELECT
  run_id,
  min(submit_s) AS first_s,
  max(end_s) AS last_s,
  min(submit_s) + 0.1 * (max(submit_s) - min(submit_s)) AS steady_from_s,
  max(submit_s) AS steady_to_s
FROM job_times
WHERE counted
GROUP BY run_id;

-- Cores, GPUs and memory that jobs could have.
CREATE VIEW run_capacities AS
WITH compute AS (
  SELECT run_id, sum(gpus) AS gpus, sum(memory_mib) AS memory_mib
  FROM nodes WHERE role = 'compute' GROUP BY run_id
)
SELECT run_id, capacity_cores AS cores, nullif(gpus, 0) AS gpus, memory_mib
FROM runs LEFT JOIN compute USING (run_id);

-- The one scan of the jobs that all means and sums come from.
CREATE VIEW job_sums AS
SELECT
  run_id,
  user_name,
  queue,
  counted,
  count(*) AS jobs,
  count(submit_s) AS submits,
  count(start_s) AS starts,
  count(end_s) AS ends,
  count(nullif(greatest(allocated_cores, 0), 0)) AS allocations,
  count(slowdown) AS slowdowns,
  min(submit_s) AS first_s,
  max(end_s) AS last_s,
  sum(wait_s) AS wait,
  max(wait_s) AS max_wait,
  sum(run_s) AS run,
  sum(slowdown) AS slowdown,
  sum(bounded_slowdown) AS bounded_slowdown,
  sum(allocated_cores * run_s) AS core_seconds
FROM job_times
GROUP BY run_id, user_name, queue, counted;

-- One row for each run (subject is NULL), each of its users and each of its queues. A user or queue
-- that is not known has a row as well, whose subject is NULL.
CREATE VIEW job_figures AS
WITH sums AS (
  SELECT
    run_id,
    CASE WHEN grouping(user_name) = 0 THEN 'user' WHEN grouping(queue) = 0 THEN 'queue' ELSE 'run' END
      AS scope,
    CASE WHEN grouping(user_name) = 0 THEN user_name WHEN grouping(queue) = 0 THEN queue END
      AS subject,
    sum(jobs) AS jobs,
    sum(jobs - submits) AS without_submit,
    sum(jobs - starts) AS without_start,
    sum(jobs - ends) AS without_end,
    sum(jobs - allocations) AS without_cores,
    coalesce(sum(jobs) FILTER (counted), 0) AS n,
    max(last_s) FILTER (counted) - min(first_s) FILTER (counted) AS makespan,
    sum(wait) FILTER (counted) AS wait,
    max(max_wait) FILTER (counted) AS max_wait,
    sum(run) FILTER (counted) AS run,
    sum(slowdown) FILTER (counted) AS slowdown,
    sum(slowdowns) FILTER (counted) AS slowdowns,
    sum(bounded_slowdown) FILTER (counted) AS bounded_slowdown,
    sum(core_seconds) FILTER (counted) AS core_seconds
  FROM job_sums
  GROUP BY GROUPING SETS ((run_id), (run_id, user_name), (run_id, queue))
), figures AS MATERIALIZED (
  SELECT
    run_id, scope, subject, jobs, without_submit, without_start, without_end, without_cores, n,
    makespan,
    wait / n AS mean_wait,
    max_wait,
    (wait + run) / n AS mean_turnaround,
    slowdown / nullif(slowdowns, 0) AS mean_slowdown,
    bounded_slowdown / n AS mean_bounded_slowdown,
    core_seconds,
    wait / nullif(core_seconds, 0) AS normalised_wait
  FROM sums
), entitled AS (
  SELECT figures.*, coalesce(share, 1) AS share
  FROM figures LEFT JOIN shares ON shares.run_id = figures.run_id AND shares.user_name = subject
  WHERE scope = 'user' AND subject IS NOT NULL AND n > 0
), fairness AS (
  SELECT
    run_id,
    'run' AS scope,
    count(*) AS users,
    sum(mean_bounded_slowdown) ** 2 / (count(*) * sum(mean_bounded_slowdown ** 2)) AS jain,
    CASE WHEN sum(core_seconds) > 0 THEN
      sum(core_seconds / share) ** 2 / (count(*) * sum((core_seconds / share) ** 2))
    END AS jain_core_seconds,
    avg(normalised_wait) AS mean_normalised_wait,
    stddev_pop(normalised_wait) AS deviation_normalised_wait
  FROM entitled
  GROUP BY run_id
)
SELECT
  figures.*,
  CASE WHEN makespan > 0 AND capacity_cores > 0
    THEN core_seconds / (capacity_cores * makespan) END AS utilisation,
  users,
  jain,
  jain_core_seconds,
  mean_normalised_wait,
  deviation_normalised_wait
FROM figures
JOIN runs USING (run_id)
LEFT JOIN fairness USING (run_id, scope);

-- What jobs asked of GPUs and memory, for as long as they ran.
CREATE VIEW resource_seconds AS
SELECT
  run_id,
  user_name,
  sum(requested_gpus * run_s) AS gpu_seconds,
  sum(requested_memory_mib * run_s) AS memory_mib_seconds
FROM job_times
WHERE counted AND (requested_gpus > 0 OR requested_memory_mib > 0)
GROUP BY run_id, user_name;

-- normalised_wait: sum of wait / sum of (cores x run). dominant_share: the largest of the shares of
-- core, GPU and memory seconds of the run's window that the user's jobs were given.
CREATE OR REPLACE VIEW user_figures AS
WITH figures AS (
  SELECT * FROM job_figures
), whole AS (
  SELECT run_id, makespan AS run_makespan FROM figures WHERE scope = 'run'
)
SELECT
  figures.run_id,
  subject AS user_name,
  n,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  core_seconds,
  normalised_wait,
  coalesce(share, 1) AS share,
  CASE WHEN run_makespan > 0 AND cores > 0 THEN greatest(
    core_seconds / cores, gpu_seconds / gpus, memory_mib_seconds / memory_mib
  ) / run_makespan END AS dominant_share
FROM figures
JOIN whole ON whole.run_id = figures.run_id
JOIN run_capacities ON run_capacities.run_id = figures.run_id
LEFT JOIN shares ON shares.run_id = figures.run_id AND shares.user_name IS NOT DISTINCT FROM subject
LEFT JOIN resource_seconds
  ON resource_seconds.run_id = figures.run_id
  AND resource_seconds.user_name IS NOT DISTINCT FROM subject
WHERE scope = 'user' AND n > 0;

CREATE OR REPLACE VIEW queue_figures AS
SELECT
  run_id,
  subject AS queue,
  n,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  core_seconds,
  normalised_wait
FROM job_figures
WHERE scope = 'queue' AND n > 0;

-- What ran and what waited from at_s until until_s (NULL after the last event), by the counted jobs.
-- Between its submit and its start a job wants what it requested, then what it was allocated. Events
-- of one instant are summed up: all but the last of them lead nowhere and are left out.
CREATE VIEW core_series AS
WITH demands AS (
  SELECT
    run_id,
    submit_s,
    greatest(submit_s, start_s) AS start_s,
    greatest(submit_s, start_s, end_s) AS end_s,
    allocated_cores AS cores,
    coalesce(requested_cores, allocated_cores) AS wanted
  FROM job_times
  WHERE counted
), changes AS (
  SELECT run_id, submit_s AS at_s, 0 AS cores, wanted, 0 AS runs, 1 AS waits FROM demands
  UNION ALL
  SELECT run_id, start_s, cores, -wanted, 1, -1 FROM demands
  UNION ALL
  SELECT run_id, end_s, -cores, 0, -1, 0 FROM demands
), states AS (
  SELECT
    run_id,
    at_s,
    lead(at_s) OVER so_far AS until_s,
    sum(cores) OVER so_far AS running_cores,
    sum(wanted) OVER so_far AS queued_cores,
    sum(runs) OVER so_far AS running_jobs,
    sum(waits) OVER so_far AS queued_jobs
  FROM changes
  WINDOW so_far AS (PARTITION BY run_id ORDER BY at_s ROWS UNBOUNDED PRECEDING)
)
SELECT
  run_id,
  at_s,
  until_s,
  running_cores::BIGINT AS running_cores,
  queued_cores::BIGINT AS queued_cores,
  running_jobs::BIGINT AS running_jobs,
  queued_jobs::BIGINT AS queued_jobs
FROM states
WHERE until_s IS NULL OR until_s > at_s;

-- Busy cores of a node between two samples.
CREATE VIEW busy_series AS
WITH pairs AS (
  SELECT
    run_id,
    node,
    at_s,
    cpu_seconds,
    lead(at_s) OVER (PARTITION BY run_id, node ORDER BY at_s) AS until_s,
    lead(cpu_seconds) OVER (PARTITION BY run_id, node ORDER BY at_s) AS later_cpu_seconds
  FROM samples
)
SELECT run_id, node, at_s, until_s, (later_cpu_seconds - cpu_seconds) / (until_s - at_s) AS busy_cores
FROM pairs
WHERE until_s > at_s;

-- Demand and supply in cores. Demand is capped at the cluster's largest size. The supply is static.
CREATE VIEW demand_supply_series AS
SELECT
  run_id,
  at_s,
  until_s,
  queued_jobs,
  running_cores,
  least(running_cores + queued_cores, capacity_cores)::DOUBLE AS demand,
  capacity_cores::DOUBLE AS supply
FROM core_series JOIN runs USING (run_id)
WHERE until_s IS NOT NULL;

-- Queue and elasticity, in one pass. Time without demand counts in no_demand_share alone.
CREATE VIEW series_figures AS
WITH spans AS (
  SELECT *, until_s - at_s AS span_s FROM demand_supply_series
), sums AS (
  SELECT
    run_id,
    sum(queued_jobs * span_s) AS queued_job_s,
    max(queued_jobs) AS max_queue_length,
    max(running_cores) AS peak_cores,
    sum(span_s) AS whole_s,
    any_value(supply) AS supply,
    sum(span_s) FILTER (demand > 0) AS demand_s,
    sum(greatest(demand - supply, 0) / demand * span_s) FILTER (demand > 0) AS under,
    sum(greatest(supply - demand, 0) / demand * span_s) FILTER (demand > 0) AS over,
    coalesce(sum(span_s) FILTER (demand > supply), 0) AS under_s,
    coalesce(sum(span_s) FILTER (demand > 0 AND demand < supply), 0) AS over_s
  FROM spans
  GROUP BY run_id
)
SELECT
  run_id,
  queued_job_s / whole_s AS mean_queue_length,
  max_queue_length,
  peak_cores,
  CASE WHEN supply > 0 THEN 100 * under / demand_s END AS theta_u,
  CASE WHEN supply > 0 THEN 100 * over / demand_s END AS theta_o,
  CASE WHEN supply > 0 AND demand_s > 0 THEN 100 * under_s / demand_s END AS tau_u,
  CASE WHEN supply > 0 AND demand_s > 0 THEN 100 * over_s / demand_s END AS tau_o,
  CASE WHEN supply > 0 THEN 1 - coalesce(demand_s, 0) / whole_s END AS no_demand_share
FROM sums;

-- Allocated share of the capacity in the steady part of the window.
CREATE VIEW steady_figures AS
SELECT
  run_id,
  sum(allocated_cores * greatest(0, least(end_s, steady_to_s) - greatest(start_s, steady_from_s)))
    / (any_value(capacity_cores) * (any_value(steady_to_s) - any_value(steady_from_s)))
    AS steady_utilisation
FROM job_times JOIN run_windows USING (run_id) JOIN runs USING (run_id)
WHERE counted AND steady_to_s > steady_from_s AND capacity_cores > 0
GROUP BY run_id;

-- Accept to start of the jobs that found the cluster empty: all accepted before had ended.
CREATE VIEW empty_cluster_figures AS
WITH accepted AS (
  SELECT
    run_id,
    submit_s,
    accept_s,
    start_s,
    coalesce(max(coalesce(end_s, 'infinity'::DOUBLE)) OVER (
      PARTITION BY run_id ORDER BY submit_s, job ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), '-infinity'::DOUBLE) AS others_end_s
  FROM jobs
  WHERE accept_s IS NOT NULL AND state <> 'rejected'
)
SELECT
  run_id,
  count(*) AS empty_starts,
  avg(greatest(0, start_s - accept_s)) AS mean_empty_start
FROM accepted
WHERE start_s IS NOT NULL AND others_end_s <= submit_s
GROUP BY run_id;

-- The cost of each daemon, its nodes together. Peaks of several nodes need not coincide.
CREATE VIEW daemon_figures AS
SELECT
  run_id,
  daemon,
  count(*) AS nodes,
  sum(cpu_seconds) AS cpu_seconds,
  sum(peak_memory_bytes) AS peak_memory_bytes
FROM daemons
GROUP BY run_id, daemon;

-- The submit calls, of whatever came of the job.
CREATE VIEW submit_figures AS
SELECT
  run_id,
  avg(accept_s - submit_s) AS mean_submit_call,
  max(accept_s - submit_s) AS max_submit_call
FROM jobs
WHERE accept_s IS NOT NULL
GROUP BY run_id;

-- Where the times come from.
CREATE VIEW time_sources AS
SELECT
  run_id,
  string_agg(DISTINCT start_source, ', ' ORDER BY start_source) AS start_sources,
  string_agg(DISTINCT end_source, ', ' ORDER BY end_source) AS end_sources
FROM job_times
WHERE counted AND (start_source IS NOT NULL OR end_source IS NOT NULL)
GROUP BY run_id;

-- One row a run, also for a run without a counted job.
CREATE OR REPLACE VIEW run_figures AS
WITH totals AS (
  SELECT * EXCLUDE (scope, subject) FROM job_figures WHERE scope = 'run'
), gpus AS (
  SELECT run_id, sum(gpu_seconds) AS gpu_seconds FROM resource_seconds GROUP BY run_id
), daemon_totals AS (
  SELECT
    run_id, sum(cpu_seconds) AS daemon_cpu_seconds, sum(peak_memory_bytes) AS daemon_peak_memory
  FROM daemon_figures
  GROUP BY run_id
)
SELECT
  runs.run_id,
  runs.origin,
  coalesce(jobs, 0) AS jobs,
  coalesce(n, 0) AS n,
  makespan,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  utilisation,
  steady_utilisation,
  CASE WHEN makespan > 0 THEN coalesce(gpu_seconds, 0) / (run_capacities.gpus * makespan) END
    AS gpu_utilisation,
  busy_share,
  users,
  jain,
  jain_core_seconds,
  mean_normalised_wait,
  deviation_normalised_wait,
  mean_queue_length,
  max_queue_length,
  peak_cores,
  theta_u,
  theta_o,
  tau_u,
  tau_o,
  no_demand_share,
  daemon_cpu_seconds,
  daemon_peak_memory,
  mean_submit_call,
  max_submit_call,
  mean_empty_start,
  failed_jobs,
  capacity_cores,
  run_capacities.gpus AS capacity_gpus,
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
LEFT JOIN gpus USING (run_id)
LEFT JOIN time_sources USING (run_id)
LEFT JOIN submit_figures USING (run_id)
LEFT JOIN busy_figures USING (run_id)
LEFT JOIN steady_figures USING (run_id)
LEFT JOIN series_figures USING (run_id)
LEFT JOIN empty_cluster_figures USING (run_id)
LEFT JOIN daemon_totals USING (run_id)
LEFT JOIN run_capacities USING (run_id);

-- The long form: every metric of every run, with its unit, definition and the reason of a NULL.
CREATE OR REPLACE VIEW metric_values AS
WITH bound AS (
  SELECT 'max(1, turnaround / max(run, '
    || CASE WHEN tau() = floor(tau()) THEN tau()::BIGINT::VARCHAR ELSE tau()::VARCHAR END
    || ' s))' AS bounded
), figures AS (
  SELECT
    *,
    CASE WHEN capacity_cores > 0 THEN 'the makespan is 0' ELSE 'capacity unknown' END
      AS capacity_reason,
    CASE origin WHEN 'live' THEN 'not measured in this run' ELSE 'not in a recorded log' END
      AS live_reason
  FROM run_figures, bound
), run_metrics AS (
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
     reason: uncounted_reason, definition: 'mean of ' || bounded || sources},
    {name: 'utilisation', value: utilisation, unit: '1',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: 'sum of allocated cores x run / (capacity x makespan)' || sources},
    {name: 'steady_utilisation', value: steady_utilisation, unit: '1',
     reason: coalesce(uncounted_reason,
       CASE WHEN capacity_cores > 0 THEN 'all jobs were submitted at once' END, 'capacity unknown'),
     definition: 'allocated core seconds / (capacity x time) from a tenth of the time of submission '
       || 'to the last submit' || sources},
    {name: 'gpu_utilisation', value: gpu_utilisation, unit: '1',
     reason: coalesce(uncounted_reason,
       CASE WHEN capacity_gpus IS NULL THEN 'no GPU known' ELSE 'the makespan is 0' END),
     definition: 'sum of requested GPUs x run / (GPUs x makespan)' || sources},
    {name: 'busy_share', value: busy_share, unit: '1',
     reason: coalesce(uncounted_reason,
       'no two samples of a compute node between first submit and last end'),
     definition: 'CPU time of the compute nodes / (their cores x sampled time)'},
    {name: 'users', value: users::DOUBLE, unit: 'users',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'users with a job that counts'},
    {name: 'jain', value: jain, unit: '1',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'Jain index (sum x)^2 / (n sum x^2), x: each user''s mean bounded slowdown' || sources},
    {name: 'jain_core_seconds', value: jain_core_seconds, unit: '1',
     reason: coalesce(uncounted_reason,
       CASE WHEN users > 0 THEN 'no job used any core time' END, 'no job has a known user'),
     definition: 'Jain index, x: each user''s core seconds / entitled share' || sources},
    {name: 'mean_normalised_wait', value: mean_normalised_wait, unit: '1/core',
     reason: coalesce(uncounted_reason, 'no user with known core seconds'),
     definition: 'mean over users of sum of wait / sum of (cores x run)' || sources},
    {name: 'deviation_normalised_wait', value: deviation_normalised_wait, unit: '1/core',
     reason: coalesce(uncounted_reason, 'no user with known core seconds'),
     definition: 'standard deviation over users of sum of wait / sum of (cores x run)' || sources},
    {name: 'mean_queue_length', value: mean_queue_length, unit: 'jobs',
     reason: coalesce(uncounted_reason, 'the makespan is 0'),
     definition: 'time-weighted mean of the jobs that wait' || sources},
    {name: 'max_queue_length', value: max_queue_length, unit: 'jobs',
     reason: coalesce(uncounted_reason, 'the makespan is 0'),
     definition: 'most jobs that waited for any length of time' || sources},
    {name: 'peak_cores', value: peak_cores, unit: 'cores',
     reason: coalesce(uncounted_reason, 'the makespan is 0'),
     definition: 'most cores allocated at once' || sources},
    {name: 'theta_u', value: theta_u, unit: '%',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: '100 / T x sum of max(d - s, 0) / d x dt; T: time with demand d > 0, d capped at '
       || 'the largest size; s: supply, static' || sources},
    {name: 'theta_o', value: theta_o, unit: '%',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: '100 / T x sum of max(s - d, 0) / d x dt; T: time with demand d > 0, d capped at '
       || 'the largest size; s: supply, static' || sources},
    {name: 'tau_u', value: tau_u, unit: '%',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: 'share of the time with demand in which demand > supply' || sources},
    {name: 'tau_o', value: tau_o, unit: '%',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: 'share of the time with demand in which supply > demand' || sources},
    {name: 'no_demand_share', value: no_demand_share, unit: '1',
     reason: coalesce(uncounted_reason, capacity_reason),
     definition: 'share of the window without demand, which elasticity leaves out' || sources},
    {name: 'daemon_cpu_seconds', value: daemon_cpu_seconds, unit: 's', reason: live_reason,
     definition: 'CPU time of the scheduler''s daemons on all nodes, from replay to drain'},
    {name: 'daemon_peak_memory', value: daemon_peak_memory, unit: 'bytes', reason: live_reason,
     definition: 'sum of the daemons'' highest resident sizes; they need not coincide'},
    {name: 'mean_submit_call', value: mean_submit_call, unit: 's',
     reason: CASE origin WHEN 'live' THEN 'no submit call has both its times' ELSE live_reason END,
     definition: 'mean time of a submit call, on the controller''s clock'},
    {name: 'max_submit_call', value: max_submit_call, unit: 's',
     reason: CASE origin WHEN 'live' THEN 'no submit call has both its times' ELSE live_reason END,
     definition: 'longest submit call, on the controller''s clock'},
    {name: 'mean_empty_start', value: mean_empty_start, unit: 's',
     reason: CASE origin WHEN 'live' THEN 'no job with known times found the cluster empty'
       ELSE live_reason END,
     definition: 'mean of start - accept of the jobs that found the cluster empty' || sources},
    {name: 'failed_jobs', value: failed_jobs::DOUBLE, unit: 'jobs',
     reason: CASE origin WHEN 'live' THEN 'the run did not get as far as collecting its jobs'
       ELSE 'the log has no status' END,
     definition: 'jobs whose final state is not completed'}
  ], recursive := true)
  FROM figures
), subjects AS (
  SELECT run_id, 'user' AS scope, user_name AS subject, * EXCLUDE (run_id, user_name)
  FROM user_figures WHERE user_name IS NOT NULL
  UNION ALL BY NAME
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
     definition: 'mean of ' || bounded},
    {name: 'core_seconds', value: core_seconds, unit: 'core s', reason: NULL,
     definition: 'sum of allocated cores x run'},
    {name: 'normalised_wait', value: normalised_wait, unit: '1/core',
     reason: 'no job used any core time', definition: 'sum of wait / sum of (cores x run)'},
    {name: 'share', value: share, unit: '1', reason: NULL,
     definition: 'what the policy entitles the user to, in relation to the others'},
    {name: 'dominant_share', value: dominant_share, unit: '1',
     reason: 'capacity unknown, or the makespan is 0',
     definition: 'largest of the user''s shares of core, GPU and memory seconds'}
  ], recursive := true)
  FROM subjects, bound
), everything AS (
  SELECT * FROM run_metrics
  UNION ALL BY NAME
  -- Only users have shares.
  SELECT * FROM subject_metrics WHERE scope = 'user' OR name NOT IN ('share', 'dominant_share')
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM everything;
