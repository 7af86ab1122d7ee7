-- Definitions: docs/results.md. One row for each run: its conditions in short, and its metrics.

-- What tells a policy from others, such as `backfill, multifactor`; what is off goes unsaid.
-- tests/store/run-summary.test.ts holds it against policyLabel, which the report uses.
CREATE MACRO policy_label(policy) AS
  array_to_string(
    list_filter(
      [policy ->> '$.placement', policy ->> '$.fairness']
        || (policy ->> '$.*.type')
        || [policy ->> '$.sched.queuePolicy'],
      lambda chosen: chosen NOT IN ('none', 'off')),
    ', ');

-- The compute nodes, such as `2 x 2 cores, 512 MiB`, each pool of several with its name. A pool whose nodes
-- come and go has its least and its most.
CREATE VIEW run_topologies AS
WITH shapes AS (
  SELECT run_id, pool, count(*) AS count, vcpus, memory_mib, gpus
  FROM nodes WHERE role = 'compute' GROUP BY ALL
), named AS (
  SELECT
    run_id,
    pool,
    concat_ws(', ',
      concat(
        CASE WHEN count(*) OVER (PARTITION BY run_id) > 1 THEN pool || ' ' END,
        CASE WHEN most IS NULL THEN count::VARCHAR ELSE format('{}..{}', least, most) END,
        format(' x {} cores', vcpus)),
      format('{} MiB', memory_mib),
      CASE WHEN gpus > 0 THEN format('{} GPUs', gpus) END) AS shape
  FROM shapes LEFT JOIN elastic_pools USING (run_id, pool)
)
SELECT run_id, string_agg(shape, '; ' ORDER BY pool, shape) AS topology FROM named GROUP BY run_id;

-- The worst verdict of the checks, and the names of those that failed.
CREATE VIEW run_audits AS
SELECT
  run_id,
  CASE
    WHEN bool_or(verdict = 'failed') THEN 'failed'
    WHEN bool_or(verdict = 'unknown') THEN 'unknown'
    WHEN bool_or(verdict = 'noted') THEN 'noted'
    ELSE 'passed'
  END AS audit,
  coalesce(list(check_name ORDER BY check_name) FILTER (verdict = 'failed'), []) AS audit_failed
FROM audits
GROUP BY run_id;

-- Every metric of a run in a column of its own, in the order of their definitions. A NULL has its reason in
-- metrics. Those of a benchmark are NULL where no job ran it.
CREATE VIEW wide_metrics AS
SELECT *
FROM (SELECT run_id, name, value FROM metrics WHERE scope = 'run')
PIVOT (
  first(value) FOR name IN (
    'n', 'makespan', 'mean_wait', 'max_wait', 'mean_turnaround', 'mean_slowdown',
    'mean_bounded_slowdown', 'p50_wait', 'p90_wait', 'p99_wait', 'p50_bounded_slowdown',
    'p90_bounded_slowdown', 'p99_bounded_slowdown', 'area_weighted_response_time',
    'area_weighted_bounded_slowdown', 'utilisation', 'steady_utilisation', 'steady_n',
    'steady_mean_wait', 'steady_mean_turnaround', 'steady_mean_slowdown',
    'steady_mean_bounded_slowdown', 'steady_p50_wait', 'steady_p90_wait', 'steady_p99_wait',
    'steady_p50_bounded_slowdown', 'steady_p90_bounded_slowdown', 'steady_p99_bounded_slowdown',
    'steady_area_weighted_response_time', 'steady_area_weighted_bounded_slowdown',
    'gpu_utilisation', 'busy_share', 'users', 'jain', 'jain_core_seconds', 'mean_normalised_wait',
    'deviation_normalised_wait', 'mean_queue_length', 'max_queue_length', 'peak_cores', 'theta_u',
    'theta_o', 'tau_u', 'tau_o', 'no_demand_share', 'provisioning_deviation',
    'daemon_cpu_seconds', 'daemon_peak_memory', 'mean_submit_call', 'max_submit_call',
    'mean_empty_start', 'failed_jobs', 'unfairness', 'mean_unfairness', 'delayed_jobs', 'jitter',
    'node_joins', 'node_leaves', 'nodes_given_up', 'nodes_lost', 'mean_join_to_started',
    'max_join_to_started', 'mean_join_to_schedulable', 'max_join_to_schedulable',
    'mean_join_to_first_job', 'max_join_to_first_job', 'mean_leave_to_drained',
    'max_leave_to_drained', 'mean_leave_to_left', 'max_leave_to_left', 'p50_decision_latency',
    'p99_decision_latency', 'max_decision_latency', 'node_seconds', 'oracle_node_seconds',
    'node_seconds_ratio', 'hpl_gflops', 'hpl_efficiency', 'hpl_failed', 'hpcg_gflops',
    'hpcg_efficiency', 'hpcg_failed', 'memory_utilisation', 'mean_eligible_wait',
    'max_eligible_wait', 'p50_eligible_wait', 'p90_eligible_wait', 'p99_eligible_wait',
    'backfilled_share', 'mean_gpu_fragmentation', 'gpu_fragmentation_rate',
    'gpu_task_fragmentation_rate', 'mean_largest_fit_cores', 'mean_largest_fit_gpus',
    'mean_largest_node_fit_cores', 'mean_largest_node_fit_gpus', 'estimated_share',
    'mean_estimate_error', 'median_absolute_estimate_error', 'started_by_estimate_share'
  )
  GROUP BY run_id
);

-- finished_at is by the host's clock, as started_at; runs.finished_at counts in the scheduler's seconds.
CREATE VIEW run_summary AS
SELECT
  run_id,
  origin,
  experiment,
  tuple_hash,
  repeat,
  resample,
  runs.seed,
  campaign,
  status,
  started_at,
  moment(started_at, epoch(finished_at - started_at), clock_factor) AS finished_at,
  scheduler_kind,
  scheduler_version,
  policy_label(policy) AS policy_label,
  coalesce(topology, format('{} cores', capacity_cores)) AS topology,
  spec ->> '$.topology.network.fabric' AS fabric,
  network_scale,
  capacity_cores,
  concat_ws(', ',
    concat_ws(' ',
      coalesce(spec ->> '$.workload.kind', 'log'),
      coalesce(
        trace_name,
        spec ->> '$.workload.variant',
        spec ->> '$.workload.shape.kind',
        array_to_string(json_keys(spec, '$.workload.components'), ' + '))),
    format('{} jobs', planned_jobs)) AS workload,
  domain,
  is_emulated(spec) AS emulated,
  clock_factor,
  host_cpu_model,
  host_cores,
  host_kernel,
  audit,
  audit_failed,
  wide_metrics.* EXCLUDE (run_id)
FROM runs
LEFT JOIN run_workloads USING (run_id)
LEFT JOIN run_topologies USING (run_id)
LEFT JOIN run_audits USING (run_id)
LEFT JOIN wide_metrics USING (run_id);
