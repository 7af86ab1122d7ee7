-- The metrics of each user, queue, account, QOS and class of a run.
CREATE VIEW subject_metric_values AS
WITH subjects AS (
  SELECT run_id, 'user' AS scope, user_name AS subject, * EXCLUDE (run_id, user_name)
  FROM user_figures WHERE user_name IS NOT NULL
  UNION ALL BY NAME
  FROM group_figures
  UNION ALL BY NAME
  SELECT run_id, 'class' AS scope, class AS subject, * EXCLUDE (run_id, class),
    format('; narrow: up to {:g} cores, short: up to {:g} s', wide_above, long_above) AS limits
  FROM class_figures
), subject_metrics AS (
  SELECT run_id, scope, subject, unnest([
    {name: 'n', value: n::DOUBLE, unit: 'jobs', reason: NULL,
     definition: 'jobs that count' || coalesce(limits, '')},
    {name: 'mean_wait', value: mean_wait, unit: 's', reason: NULL,
     definition: 'mean of start - submit'},
    {name: 'max_wait', value: max_wait, unit: 's', reason: NULL,
     definition: 'largest start - submit'},
    {name: 'mean_turnaround', value: mean_turnaround, unit: 's', reason: NULL,
     definition: 'mean of end - submit'},
    {name: 'mean_slowdown', value: mean_slowdown, unit: '1', reason: 'no job ran longer than 0 s',
     definition: 'mean of turnaround / run over jobs with run > 0'},
    {name: 'mean_bounded_slowdown', value: mean_bounded_slowdown, unit: '1', reason: NULL,
     definition: 'mean of ' || bounded_slowdown_text()},
    {name: 'p50_wait', value: p50_wait, unit: 's', reason: NULL,
     definition: 'median of start - submit, interpolated'},
    {name: 'p90_wait', value: p90_wait, unit: 's', reason: NULL,
     definition: '90th percentile of start - submit, interpolated'},
    {name: 'p99_wait', value: p99_wait, unit: 's', reason: NULL,
     definition: '99th percentile of start - submit, interpolated'},
    {name: 'p50_bounded_slowdown', value: p50_bounded_slowdown, unit: '1', reason: NULL,
     definition: 'median, interpolated, of ' || bounded_slowdown_text()},
    {name: 'p90_bounded_slowdown', value: p90_bounded_slowdown, unit: '1', reason: NULL,
     definition: '90th percentile, interpolated, of ' || bounded_slowdown_text()},
    {name: 'p99_bounded_slowdown', value: p99_bounded_slowdown, unit: '1', reason: NULL,
     definition: '99th percentile, interpolated, of ' || bounded_slowdown_text()},
    {name: 'area_weighted_response_time', value: area_weighted_response_time, unit: 's',
     reason: 'no job ran longer than 0 s',
     definition: 'sum of a x turnaround / sum of a; a: allocated cores x run'},
    {name: 'area_weighted_bounded_slowdown', value: area_weighted_bounded_slowdown, unit: '1',
     reason: 'no job ran longer than 0 s',
     definition: 'sum of a x b / sum of a; a: allocated cores x run, b: ' || bounded_slowdown_text()},
    {name: 'core_seconds', value: core_seconds, unit: 'core s',
     reason: 'not known what every job held', definition: 'sum of allocated cores x run'},
    {name: 'normalised_wait', value: normalised_wait, unit: '1/core',
     reason: 'no job used any core time', definition: 'sum of wait / sum of (cores x run)'},
    {name: 'share', value: share, unit: '1', reason: NULL,
     definition: 'what the policy entitles the user to, in relation to the others'},
    {name: 'dominant_share', value: dominant_share, unit: '1',
     reason: 'capacity unknown, or the makespan is 0',
     definition: 'largest of the user''s shares of core, GPU and memory seconds'}
  ], recursive := true)
  FROM subjects
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM subject_metrics
-- Only users have shares.
WHERE scope = 'user' OR name NOT IN ('share', 'dominant_share');
