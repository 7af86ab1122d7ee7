-- Definitions: docs/metrics.md. The figures of a run in one row.

-- One row for each run, even for a run without a counted job.
CREATE VIEW run_figures AS
WITH totals AS (
  SELECT * EXCLUDE (scope, subject) FROM job_figures WHERE scope = 'run'
), gpus AS (
  SELECT run_id, sum(gpu_seconds) AS gpu_seconds, sum(memory_mib_seconds) AS memory_mib_seconds
  FROM resource_seconds GROUP BY run_id
), steady AS (
  SELECT
    run_id,
    n AS steady_n,
    mean_wait AS steady_mean_wait,
    mean_turnaround AS steady_mean_turnaround,
    mean_slowdown AS steady_mean_slowdown,
    mean_bounded_slowdown AS steady_mean_bounded_slowdown,
    p50_wait AS steady_p50_wait,
    p90_wait AS steady_p90_wait,
    p99_wait AS steady_p99_wait,
    p50_bounded_slowdown AS steady_p50_bounded_slowdown,
    p90_bounded_slowdown AS steady_p90_bounded_slowdown,
    p99_bounded_slowdown AS steady_p99_bounded_slowdown,
    area_weighted_response_time AS steady_area_weighted_response_time,
    area_weighted_bounded_slowdown AS steady_area_weighted_bounded_slowdown
  FROM steady_job_figures
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
  p50_wait,
  p90_wait,
  p99_wait,
  p50_bounded_slowdown,
  p90_bounded_slowdown,
  p99_bounded_slowdown,
  area_weighted_response_time,
  area_weighted_bounded_slowdown,
  utilisation,
  CASE WHEN unheld = 0 THEN steady_utilisation END AS steady_utilisation,
  steady.* EXCLUDE (run_id),
  CASE WHEN unheld = 0 AND makespan > 0 THEN coalesce(gpu_seconds, 0) / (run_capacities.gpus * makespan) END
    AS gpu_utilisation,
  CASE WHEN unheld = 0 AND makespan > 0
    THEN memory_mib_seconds / (nullif(run_capacities.memory_mib, 0) * makespan) END
    AS memory_utilisation,
  busy_share,
  users,
  jain,
  jain_core_seconds,
  mean_normalised_wait,
  deviation_normalised_wait,
  CASE WHEN unheld = 0 THEN mean_queue_length END AS mean_queue_length,
  CASE WHEN unheld = 0 THEN max_queue_length END AS max_queue_length,
  CASE WHEN unheld = 0 THEN peak_cores END AS peak_cores,
  CASE WHEN unheld = 0 THEN theta_u END AS theta_u,
  CASE WHEN unheld = 0 THEN theta_o END AS theta_o,
  CASE WHEN unheld = 0 THEN tau_u END AS tau_u,
  CASE WHEN unheld = 0 THEN tau_o END AS tau_o,
  CASE WHEN unheld = 0 THEN no_demand_share END AS no_demand_share,
  CASE WHEN unheld = 0 AND elastic_runs.run_id IS NOT NULL THEN theta_u + theta_o END
    AS provisioning_deviation,
  daemon_cpu_seconds,
  daemon_peak_memory,
  mean_submit_call,
  max_submit_call,
  mean_empty_start,
  failed_jobs,
  unfairness,
  mean_unfairness,
  delayed_jobs,
  capacity_cores,
  run_capacities.gpus AS capacity_gpus,
  run_capacities.memory_mib AS capacity_memory_mib,
  uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores)
    AS uncounted_reason,
  CASE WHEN unheld > 0 THEN format(
    'not known when an attempt of {} of the jobs ended, so neither what they held', unheld)
  END AS unheld_reason,
  CASE WHEN elastic_runs.run_id IS NULL THEN fixed_supply_text() END AS fixed_reason,
  CASE WHEN elastic_runs.run_id IS NOT NULL AND theta_u IS NULL
    THEN 'the supply of this run was not recorded' END AS supply_reason,
  CASE WHEN is_emulated(spec) THEN emulated_text() END AS emulated_reason,
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
LEFT JOIN run_tails USING (run_id)
LEFT JOIN steady USING (run_id)
LEFT JOIN series_figures USING (run_id)
LEFT JOIN empty_cluster_figures USING (run_id)
LEFT JOIN daemon_totals USING (run_id)
LEFT JOIN run_capacities USING (run_id)
LEFT JOIN elastic_runs USING (run_id)
LEFT JOIN fair_figures USING (run_id);
