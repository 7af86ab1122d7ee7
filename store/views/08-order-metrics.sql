-- The metrics of a run's nodes, of the order of its starts, and of what its scheduler foretold. The waits
-- from the eligible moment are also those of each user, queue, account and QOS.
CREATE VIEW order_metric_values AS
WITH totals AS (
  SELECT run_id, jobs, n, without_submit, without_start, without_end, without_cores
  FROM job_figures WHERE scope = 'run'
), figures AS (
  SELECT
    runs.run_id,
    placement.* EXCLUDE (run_id, reason),
    -- A run of which no eligible moment is known has no row there.
    coalesce(eligible.scope, 'run') AS scope,
    eligible.* EXCLUDE (run_id, scope),
    CASE WHEN possible - sure <= 0.05 THEN sure END AS backfilled_share,
    estimated / nullif(n, 0) AS estimated_share,
    mean_estimate_error, median_absolute_estimate_error, started_by_estimate_share,
    -- Runs without nodes have no row.
    CASE WHEN placement.run_id IS NULL THEN 'the nodes of this run are not known'
      ELSE placement.reason END AS placement_reason,
    CASE WHEN placement.run_id IS NOT NULL AND placement.reason IS NULL
      AND mean_largest_fit_gpus IS NULL THEN 'no GPU known' END AS gpu_reason,
    coalesce(
      uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores),
      'it is not recorded when the jobs became eligible') AS eligible_reason,
    CASE WHEN started > 0 THEN format(
      'the times are too coarse to tell: between {:.3g} and {:.3g}', sure, possible)
      ELSE 'no job has started' END AS order_reason,
    coalesce(
      uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores),
      CASE
        WHEN origin <> 'live' THEN 'not in a recorded log'
        WHEN told.run_id IS NULL THEN 'no estimate of a start is recorded'
        ELSE 'the scheduler gave no estimate before a start' END) AS estimate_reason,
    '; start - estimate of the last one that was seen before the start' AS last_estimate
  FROM runs
  LEFT JOIN totals USING (run_id)
  LEFT JOIN placement_figures AS placement USING (run_id)
  LEFT JOIN eligible_wait_figures AS eligible USING (run_id)
  LEFT JOIN start_order_figures USING (run_id)
  LEFT JOIN estimate_figures USING (run_id)
  LEFT JOIN (SELECT DISTINCT run_id FROM start_estimates) AS told USING (run_id)
), order_metrics AS (
  SELECT run_id, scope, subject, unnest([
    {name: 'mean_gpu_fragmentation', value: mean_gpu_fragmentation, unit: 'GPUs',
     reason: coalesce(gpu_reason, placement_reason),
     definition: 'time mean of the free GPUs that a task of the run''s own requests is not expected to '
       || 'be given on their node'},
    {name: 'gpu_fragmentation_rate', value: gpu_fragmentation_rate, unit: '1',
     reason: coalesce(gpu_reason, placement_reason, 'no GPU was ever free'),
     definition: 'those GPUs x time / (free GPUs x time)'},
    {name: 'gpu_task_fragmentation_rate', value: gpu_task_fragmentation_rate, unit: '1',
     reason: coalesce(gpu_reason, placement_reason, CASE WHEN gpu_fragmentation_rate IS NULL
       THEN 'no GPU was ever free' ELSE 'no job asks for a GPU' END),
     definition: 'the same over the tasks that ask for a GPU'},
    {name: 'mean_largest_fit_cores', value: mean_largest_fit_cores, unit: 'cores',
     reason: placement_reason,
     definition: 'time mean of the largest job that would fit on any nodes: the free cores of '
       || 'nodes with free memory'},
    {name: 'mean_largest_fit_gpus', value: mean_largest_fit_gpus, unit: 'GPUs',
     reason: coalesce(gpu_reason, placement_reason),
     definition: 'time mean of the most GPUs that a job could get on any nodes: the free GPUs '
       || 'of nodes with a free core and free memory'},
    {name: 'mean_largest_node_fit_cores', value: mean_largest_node_fit_cores, unit: 'cores',
     reason: placement_reason,
     definition: 'time mean of the largest job that would fit on one node'},
    {name: 'mean_largest_node_fit_gpus', value: mean_largest_node_fit_gpus, unit: 'GPUs',
     reason: coalesce(gpu_reason, placement_reason),
     definition: 'time mean of the most GPUs that a job could get on one node'},
    {name: 'backfilled_share', value: backfilled_share, unit: '1', reason: order_reason,
     definition: 'share of the started jobs that started while a job of their queue, eligible before '
       || 'them, went on waiting for at least 1 s'},
    {name: 'mean_eligible_wait', value: mean_eligible_wait, unit: 's', reason: eligible_reason,
     definition: 'mean of start - eligible, over the jobs of which it is known'},
    {name: 'max_eligible_wait', value: max_eligible_wait, unit: 's', reason: eligible_reason,
     definition: 'largest start - eligible'},
    {name: 'p50_eligible_wait', value: p50_eligible_wait, unit: 's', reason: eligible_reason,
     definition: 'median of start - eligible, interpolated'},
    {name: 'p90_eligible_wait', value: p90_eligible_wait, unit: 's', reason: eligible_reason,
     definition: '90th percentile of start - eligible, interpolated'},
    {name: 'p99_eligible_wait', value: p99_eligible_wait, unit: 's', reason: eligible_reason,
     definition: '99th percentile of start - eligible, interpolated'},
    {name: 'estimated_share', value: estimated_share, unit: '1', reason: estimate_reason,
     definition: 'share of the jobs that count for which the scheduler told a start before it'},
    {name: 'mean_estimate_error', value: mean_estimate_error, unit: 's', reason: estimate_reason,
     definition: 'mean, above 0 where jobs start later than foretold' || last_estimate},
    {name: 'median_absolute_estimate_error', value: median_absolute_estimate_error, unit: 's',
     reason: estimate_reason, definition: 'median without the sign' || last_estimate},
    {name: 'started_by_estimate_share', value: started_by_estimate_share, unit: '1',
     reason: estimate_reason,
     definition: 'share of the jobs with an estimate that started no later than the last one said'}
  ], recursive := true)
  FROM figures
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM order_metrics
WHERE scope = 'run' OR (subject IS NOT NULL AND ends_with(name, '_eligible_wait'));
