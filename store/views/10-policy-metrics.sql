-- The metrics of a run's jobs under each simulated policy.
CREATE VIEW policy_metric_values AS
WITH policy_metrics AS (
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
     definition: 'mean, in the simulated schedule, of ' || bounded_slowdown_text()},
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
  FROM simulation_figures
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM policy_metrics;
