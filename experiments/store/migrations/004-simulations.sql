-- Definitions: docs/metrics.md and docs/simulation.md. The same jobs under simulated policies beside a
-- run, deviation, job-level unfairness; sums of the jobs kept at loading.

-- Why a run has no simulations; NULL as well before anyone has looked.
ALTER TABLE runs ADD COLUMN unsimulated_reason VARCHAR;
-- The scheduler rounds time limits up to a multiple of this. NULL: it takes them as they are.
ALTER TABLE runs ADD COLUMN limit_resolution_s DOUBLE;
-- The only scheduler up to this version counts them in minutes.
UPDATE runs SET limit_resolution_s = 60 WHERE origin = 'live';

-- A time limit as the scheduler that rounds it sees it.
CREATE MACRO rounded_limit(limit_s, resolution_s) AS
  CASE WHEN resolution_s > 0 THEN ceil(limit_s / resolution_s) * resolution_s ELSE limit_s END;

-- A run's jobs scheduled by a policy on one machine of as many equal cores.
CREATE TABLE simulations (
  run_id VARCHAR NOT NULL,
  policy VARCHAR NOT NULL,
  tie_rule VARCHAR NOT NULL,
  procs INTEGER NOT NULL
);

-- A job of a live or imported run beside its simulation. The fair start is the one in a schedule of the
-- policy where no later arrival exists; unfairness is max(0, start - fair start), of the job as it was
-- started (start_s) and as the policy starts it (simulated_start_s).
CREATE TABLE simulated_jobs (
  run_id VARCHAR NOT NULL,
  policy VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  start_s DOUBLE NOT NULL,
  simulated_start_s DOUBLE NOT NULL,
  -- start_s - simulated_start_s
  deviation_s DOUBLE NOT NULL,
  fair_start_s DOUBLE NOT NULL,
  unfairness_s DOUBLE NOT NULL,
  simulated_unfairness_s DOUBLE NOT NULL
);

-- The figures of each simulated schedule, and how far the run's own starts are from it.
CREATE VIEW simulation_figures AS
WITH sums AS (
  SELECT
    simulated_jobs.run_id,
    simulated_jobs.policy,
    count(*) AS simulated,
    max(simulated_start_s + run_s) - min(submit_s) AS simulated_makespan,
    avg(simulated_start_s - submit_s) AS simulated_mean_wait,
    max(simulated_start_s - submit_s) AS simulated_max_wait,
    avg(simulated_start_s + run_s - submit_s) AS simulated_mean_turnaround,
    avg(greatest(1, (simulated_start_s - submit_s + run_s) / greatest(run_s, tau())))
      AS simulated_mean_bounded_slowdown,
    sum(allocated_cores * run_s) AS core_seconds,
    avg(deviation_s) AS mean_deviation,
    quantile_cont(deviation_s, 0.05) AS p5_deviation,
    quantile_cont(deviation_s, 0.5) AS median_deviation,
    quantile_cont(deviation_s, 0.95) AS p95_deviation,
    max(deviation_s) AS max_deviation,
    sum(unfairness_s) AS unfairness,
    avg(unfairness_s) AS mean_unfairness,
    count(*) FILTER (unfairness_s > 0) AS delayed_jobs,
    sum(simulated_unfairness_s) AS simulated_unfairness
  FROM simulated_jobs JOIN job_times USING (run_id, job)
  GROUP BY ALL
)
SELECT
  sums.run_id,
  sums.policy,
  tie_rule,
  * EXCLUDE (run_id, policy, tie_rule, procs, core_seconds),
  CASE WHEN simulated_makespan > 0 THEN core_seconds / (procs * simulated_makespan) END
    AS simulated_utilisation
FROM sums JOIN simulations USING (run_id, policy);

-- The one scan of the jobs that all means and sums come from.
CREATE VIEW job_sums_now AS
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

-- The same, kept when a run is loaded: one row for each user and queue instead of one for each job.
DROP VIEW job_sums;
CREATE TABLE job_sums AS FROM job_sums_now;

-- One row for each run (subject is NULL), each of its users and each of its queues. A user or queue
-- that is not known has a row as well, whose subject is NULL.
CREATE OR REPLACE VIEW job_figures AS
WITH kept AS (
  SELECT * FROM job_sums WHERE tau() = 10
  UNION ALL BY NAME
  SELECT * FROM job_sums_now WHERE tau() <> 10
), sums AS (
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
  FROM kept
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

-- One row a run, also for a run without a counted job.
CREATE OR REPLACE VIEW run_figures AS
WITH totals AS (
  SELECT * EXCLUDE (scope, subject) FROM job_figures WHERE scope = 'run'
), gpus AS (
  SELECT run_id, sum(gpu_seconds) AS gpu_seconds FROM resource_seconds GROUP BY run_id
), fair AS (
  -- Against EASY backfilling, whatever the scheduler: one yardstick for all runs.
  SELECT run_id, unfairness, mean_unfairness, delayed_jobs, tie_rule
  FROM simulation_figures WHERE policy = 'easy'
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
  unfairness,
  mean_unfairness,
  delayed_jobs,
  tie_rule,
  coalesce(unsimulated_reason, 'not simulated: schedlab load and import do it') AS unsimulated,
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
LEFT JOIN run_capacities USING (run_id)
LEFT JOIN fair USING (run_id);

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
      AS live_reason,
    'fair start: in a schedule by easy where no later arrival exists'
      || coalesce('; ' || tie_rule, '') AS fair_start,
    coalesce(uncounted_reason, unsimulated) AS unfairness_reason
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
     definition: 'jobs whose final state is not completed'},
    {name: 'unfairness', value: unfairness, unit: 's', reason: unfairness_reason,
     definition: 'job-level: sum of max(0, start - fair start); ' || fair_start},
    {name: 'mean_unfairness', value: mean_unfairness, unit: 's', reason: unfairness_reason,
     definition: 'mean of max(0, start - fair start); ' || fair_start},
    {name: 'delayed_jobs', value: delayed_jobs::DOUBLE, unit: 'jobs', reason: unfairness_reason,
     definition: 'jobs that start later than their fair start; ' || fair_start}
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
), policy_metrics AS (
  SELECT run_id, 'policy' AS scope, policy AS subject, unnest([
    {name: 'simulated_jobs', value: simulated::DOUBLE, unit: 'jobs',
     reason: NULL,
     definition: 'jobs of the run that the policy was simulated with; ' || tie_rule},
    {name: 'simulated_makespan', value: simulated_makespan, unit: 's',
     reason: NULL,
     definition: 'last end - first submit of the simulated schedule'},
    {name: 'simulated_mean_wait', value: simulated_mean_wait, unit: 's',
     reason: NULL,
     definition: 'mean of simulated start - submit'},
    {name: 'simulated_mean_turnaround', value: simulated_mean_turnaround, unit: 's',
     reason: NULL,
     definition: 'mean of simulated start + run - submit'},
    {name: 'simulated_mean_bounded_slowdown', value: simulated_mean_bounded_slowdown, unit: '1',
     reason: NULL,
     definition: 'mean, in the simulated schedule, of ' || bounded},
    {name: 'simulated_utilisation', value: simulated_utilisation, unit: '1',
     reason: 'the makespan is 0',
     definition: 'sum of allocated cores x run / (capacity x simulated makespan)'},
    {name: 'simulated_unfairness', value: simulated_unfairness, unit: 's',
     reason: NULL,
     definition: 'sum of max(0, simulated start - fair start of this policy)'},
    {name: 'mean_deviation', value: mean_deviation, unit: 's',
     reason: NULL,
     definition: 'mean of start - simulated start'},
    {name: 'median_deviation', value: median_deviation, unit: 's',
     reason: NULL,
     definition: 'median of start - simulated start'},
    {name: 'p95_deviation', value: p95_deviation, unit: 's',
     reason: NULL,
     definition: '95th percentile of start - simulated start, interpolated'},
    {name: 'max_deviation', value: max_deviation, unit: 's',
     reason: NULL,
     definition: 'largest start - simulated start'},
    {name: 'unfairness', value: unfairness, unit: 's',
     reason: NULL,
     definition: 'sum of max(0, start - fair start of this policy)'},
    {name: 'mean_unfairness', value: mean_unfairness, unit: 's',
     reason: NULL,
     definition: 'mean of max(0, start - fair start of this policy)'},
    {name: 'delayed_jobs', value: delayed_jobs::DOUBLE, unit: 'jobs',
     reason: NULL,
     definition: 'jobs that start later than their fair start of this policy'}
  ], recursive := true)
  FROM simulation_figures, bound
), everything AS (
  SELECT * FROM run_metrics
  UNION ALL BY NAME
  SELECT * FROM policy_metrics
  UNION ALL BY NAME
  -- Only users have shares.
  SELECT * FROM subject_metrics WHERE scope = 'user' OR name NOT IN ('share', 'dominant_share')
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM everything;
