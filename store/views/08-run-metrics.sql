-- The metrics of each run that need no simulation, with their unit, definition and the reason of a NULL.
CREATE VIEW run_metric_values AS
WITH figures AS (
  SELECT
    *,
    CASE WHEN capacity_cores > 0 THEN 'the makespan is 0' ELSE 'capacity unknown' END
      AS capacity_reason,
    CASE origin WHEN 'live' THEN 'not measured in this run' ELSE 'not in a recorded log' END
      AS live_reason,
    coalesce(uncounted_reason, 'no job ran longer than 0 s') AS length_reason,
    coalesce(uncounted_reason, CASE WHEN steady_n IS NULL THEN 'all jobs were submitted at once' END)
      AS steady_reason,
    coalesce(steady_reason, 'none of these jobs ran longer than 0 s') AS steady_length_reason,
    '; of the jobs submitted in the steady part' || sources AS steady_sources
  FROM run_figures
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
     reason: length_reason,
     definition: 'mean of turnaround / run over jobs with run > 0' || sources},
    {name: 'mean_bounded_slowdown', value: mean_bounded_slowdown, unit: '1',
     reason: uncounted_reason, definition: 'mean of ' || bounded_slowdown_text() || sources},
    {name: 'p50_wait', value: p50_wait, unit: 's', reason: uncounted_reason,
     definition: 'median of start - submit, interpolated' || sources},
    {name: 'p90_wait', value: p90_wait, unit: 's', reason: uncounted_reason,
     definition: '90th percentile of start - submit, interpolated' || sources},
    {name: 'p99_wait', value: p99_wait, unit: 's', reason: uncounted_reason,
     definition: '99th percentile of start - submit, interpolated' || sources},
    {name: 'p50_bounded_slowdown', value: p50_bounded_slowdown, unit: '1', reason: uncounted_reason,
     definition: 'median, interpolated, of ' || bounded_slowdown_text() || sources},
    {name: 'p90_bounded_slowdown', value: p90_bounded_slowdown, unit: '1', reason: uncounted_reason,
     definition: '90th percentile, interpolated, of ' || bounded_slowdown_text() || sources},
    {name: 'p99_bounded_slowdown', value: p99_bounded_slowdown, unit: '1', reason: uncounted_reason,
     definition: '99th percentile, interpolated, of ' || bounded_slowdown_text() || sources},
    {name: 'area_weighted_response_time', value: area_weighted_response_time, unit: 's',
     reason: length_reason,
     definition: 'sum of a x turnaround / sum of a; a: allocated cores x run' || sources},
    {name: 'area_weighted_bounded_slowdown', value: area_weighted_bounded_slowdown, unit: '1',
     reason: length_reason,
     definition: 'sum of a x b / sum of a; a: allocated cores x run, b: ' || bounded_slowdown_text()
       || sources},
    {name: 'utilisation', value: utilisation, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason, capacity_reason),
     definition: 'sum of allocated cores x held / (capacity x makespan)' || sources},
    {name: 'steady_utilisation', value: steady_utilisation, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason,
       CASE WHEN capacity_cores > 0 THEN 'all jobs were submitted at once' END, 'capacity unknown'),
     definition: 'allocated core seconds / (capacity x time) from a tenth of the time of submission '
       || 'to the last submit' || sources},
    {name: 'steady_n', value: steady_n::DOUBLE, unit: 'jobs', reason: steady_reason,
     definition: 'jobs that count and were submitted in the steady part: from a tenth of the '
       || 'time of submission to the last submit'},
    {name: 'steady_mean_wait', value: steady_mean_wait, unit: 's', reason: steady_reason,
     definition: 'mean of start - submit' || steady_sources},
    {name: 'steady_mean_turnaround', value: steady_mean_turnaround, unit: 's', reason: steady_reason,
     definition: 'mean of end - submit' || steady_sources},
    {name: 'steady_mean_slowdown', value: steady_mean_slowdown, unit: '1', reason: steady_length_reason,
     definition: 'mean of turnaround / run over jobs with run > 0' || steady_sources},
    {name: 'steady_mean_bounded_slowdown', value: steady_mean_bounded_slowdown, unit: '1',
     reason: steady_reason,
     definition: 'mean of ' || bounded_slowdown_text() || steady_sources},
    {name: 'steady_p50_wait', value: steady_p50_wait, unit: 's', reason: steady_reason,
     definition: 'median of start - submit, interpolated' || steady_sources},
    {name: 'steady_p90_wait', value: steady_p90_wait, unit: 's', reason: steady_reason,
     definition: '90th percentile of start - submit, interpolated' || steady_sources},
    {name: 'steady_p99_wait', value: steady_p99_wait, unit: 's', reason: steady_reason,
     definition: '99th percentile of start - submit, interpolated' || steady_sources},
    {name: 'steady_p50_bounded_slowdown', value: steady_p50_bounded_slowdown, unit: '1',
     reason: steady_reason,
     definition: 'median, interpolated, of ' || bounded_slowdown_text() || steady_sources},
    {name: 'steady_p90_bounded_slowdown', value: steady_p90_bounded_slowdown, unit: '1',
     reason: steady_reason,
     definition: '90th percentile, interpolated, of ' || bounded_slowdown_text() || steady_sources},
    {name: 'steady_p99_bounded_slowdown', value: steady_p99_bounded_slowdown, unit: '1',
     reason: steady_reason,
     definition: '99th percentile, interpolated, of ' || bounded_slowdown_text() || steady_sources},
    {name: 'steady_area_weighted_response_time', value: steady_area_weighted_response_time, unit: 's',
     reason: steady_length_reason,
     definition: 'sum of a x turnaround / sum of a; a: allocated cores x run' || steady_sources},
    {name: 'steady_area_weighted_bounded_slowdown', value: steady_area_weighted_bounded_slowdown, unit: '1',
     reason: steady_length_reason,
     definition: 'sum of a x b / sum of a; a: allocated cores x run, b: ' || bounded_slowdown_text()
       || steady_sources},
    {name: 'gpu_utilisation', value: gpu_utilisation, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason,
       CASE WHEN capacity_gpus IS NULL THEN 'no GPU known' ELSE 'the makespan is 0' END),
     definition: 'sum of requested GPUs x run / (GPUs x makespan)' || sources},
    {name: 'memory_utilisation', value: memory_utilisation, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason, CASE
       WHEN capacity_memory_mib IS NULL THEN 'the memory of the nodes is not known'
       WHEN makespan > 0 THEN 'no job asks for memory' ELSE 'the makespan is 0' END),
     definition: 'sum of requested memory x held / (memory of the nodes x makespan)' || sources},
    {name: 'busy_share', value: busy_share, unit: '1',
     reason: coalesce(uncounted_reason, emulated_reason,
       'no two samples of a compute node between first submit and last end'),
     definition: 'CPU time of the compute nodes / (their cores x sampled time)'},
    {name: 'users', value: users::DOUBLE, unit: 'users',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'users with a job that counts'},
    {name: 'jain', value: jain, unit: '1',
     reason: coalesce(uncounted_reason, 'no job has a known user'),
     definition: 'Jain index (sum x)^2 / (n sum x^2), x: each user''s mean bounded slowdown' || sources},
    {name: 'jain_core_seconds', value: jain_core_seconds, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason,
       CASE WHEN users > 0 THEN 'no job used any core time' END, 'no job has a known user'),
     definition: 'Jain index, x: each user''s core seconds / entitled share' || sources},
    {name: 'mean_normalised_wait', value: mean_normalised_wait, unit: '1/core',
     reason: coalesce(uncounted_reason, unheld_reason, 'no user with known core seconds'),
     definition: 'mean over users of sum of wait / sum of (cores x run)' || sources},
    {name: 'deviation_normalised_wait', value: deviation_normalised_wait, unit: '1/core',
     reason: coalesce(uncounted_reason, unheld_reason, 'no user with known core seconds'),
     definition: 'standard deviation over users of sum of wait / sum of (cores x run)' || sources},
    {name: 'mean_queue_length', value: mean_queue_length, unit: 'jobs',
     reason: coalesce(uncounted_reason, unheld_reason, 'the makespan is 0'),
     definition: 'time-weighted mean of the jobs that wait' || sources},
    {name: 'max_queue_length', value: max_queue_length, unit: 'jobs',
     reason: coalesce(uncounted_reason, unheld_reason, 'the makespan is 0'),
     definition: 'most jobs that waited for any length of time' || sources},
    {name: 'peak_cores', value: peak_cores, unit: 'cores',
     reason: coalesce(uncounted_reason, unheld_reason, 'the makespan is 0'),
     definition: 'most cores allocated at once' || sources},
    {name: 'theta_u', value: theta_u, unit: '%',
     reason: coalesce(uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: '100 / T x sum of max(d - s, 0) / d x dt; T: time with demand d > 0, d capped at '
       || 'the largest size; s: supply; no objective where it cannot change' || sources},
    {name: 'theta_o', value: theta_o, unit: '%',
     reason: coalesce(uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: '100 / T x sum of max(s - d, 0) / d x dt; T: time with demand d > 0, d capped at '
       || 'the largest size; s: supply; no objective where it cannot change' || sources},
    {name: 'tau_u', value: tau_u, unit: '%',
     reason: coalesce(uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: 'share of the time with demand in which demand > supply' || sources},
    {name: 'tau_o', value: tau_o, unit: '%',
     reason: coalesce(uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: 'share of the time with demand in which supply > demand' || sources},
    {name: 'no_demand_share', value: no_demand_share, unit: '1',
     reason: coalesce(uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: 'share of the window without demand, which elasticity leaves out' || sources},
    {name: 'provisioning_deviation', value: provisioning_deviation, unit: '%',
     reason: coalesce(fixed_reason, uncounted_reason, unheld_reason, supply_reason, capacity_reason),
     definition: 'theta_u + theta_o, from which the objective elasticity is computed' || sources},
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
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM run_metrics;

-- How unfair each run was to its jobs. Apart from the other metrics of a run, which stay as they are
-- when it has been simulated.
CREATE VIEW fairness_metric_values AS
WITH totals AS (
  SELECT run_id, jobs, n, without_submit, without_start, without_end, without_cores
  FROM job_figures WHERE scope = 'run'
), figures AS (
  SELECT
    runs.run_id,
    unfairness,
    mean_unfairness,
    delayed_jobs,
    'fair start: in a schedule by easy where no later arrival exists'
      || coalesce('; ' || tie_rule, '') AS fair_start,
    coalesce(
      uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores),
      unsimulated_reason,
      'not simulated: schedlab load and import do it') AS unfairness_reason
  FROM runs
  LEFT JOIN totals USING (run_id)
  LEFT JOIN fair_figures USING (run_id)
), fairness_metrics AS (
  SELECT run_id, 'run' AS scope, NULL::VARCHAR AS subject, unnest([
    {name: 'unfairness', value: unfairness, unit: 's', reason: unfairness_reason,
     definition: 'job-level: sum of max(0, start - fair start); ' || fair_start},
    {name: 'mean_unfairness', value: mean_unfairness, unit: 's', reason: unfairness_reason,
     definition: 'mean of max(0, start - fair start); ' || fair_start},
    {name: 'delayed_jobs', value: delayed_jobs::DOUBLE, unit: 'jobs', reason: unfairness_reason,
     definition: 'jobs that start later than their fair start; ' || fair_start}
  ], recursive := true)
  FROM figures
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM fairness_metrics;
