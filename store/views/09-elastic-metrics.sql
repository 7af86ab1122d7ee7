-- The metrics of nodes that come and go, with their unit, definition and the reason of a NULL.

CREATE VIEW elastic_metric_definitions AS
SELECT unnest([
  {name: 'jitter', unit: '1/min',
   definition: '(changes of the supply - changes of the demand) / time, from first submit to last end; '
     || 'demand capped at the largest size'},
  {name: 'node_joins', unit: 'nodes',
   definition: 'how often a node was taken in and became schedulable'},
  {name: 'node_leaves', unit: 'nodes', definition: 'how often a node was let go and left'},
  {name: 'nodes_given_up', unit: 'nodes',
   definition: 'how often a node was not schedulable by its deadline'},
  {name: 'nodes_lost', unit: 'nodes',
   definition: 'how often a node went away without having been let go'},
  {name: 'mean_join_to_started', unit: 's',
   definition: 'mean time from the decision to take a node in until its domain answered, or its delay '
     || 'was over'},
  {name: 'max_join_to_started', unit: 's',
   definition: 'longest time from the decision to take a node in until its domain answered, or its '
     || 'delay was over'},
  {name: 'mean_join_to_schedulable', unit: 's',
   definition: 'mean time from the decision to take a node in until the scheduler could place jobs on it'},
  {name: 'max_join_to_schedulable', unit: 's',
   definition: 'longest time from the decision to take a node in until the scheduler could place jobs on it'},
  {name: 'mean_join_to_first_job', unit: 's',
   definition: 'mean time from the decision to take a node in until the first job started on it; of '
     || 'nodes that had one'},
  {name: 'max_join_to_first_job', unit: 's',
   definition: 'longest time from the decision to take a node in until the first job started on it; '
     || 'of nodes that had one'},
  {name: 'mean_leave_to_drained', unit: 's',
   definition: 'mean time from the decision to let a node go until no job was on it'},
  {name: 'max_leave_to_drained', unit: 's',
   definition: 'longest time from the decision to let a node go until no job was on it'},
  {name: 'mean_leave_to_left', unit: 's',
   definition: 'mean time from the decision to let a node go until it was gone'},
  {name: 'max_leave_to_left', unit: 's',
   definition: 'longest time from the decision to let a node go until it was gone'},
  {name: 'p50_decision_latency', unit: 's',
   definition: 'median time from the change that a decision answers to the decision, interpolated'},
  {name: 'p99_decision_latency', unit: 's',
   definition: '99th percentile of the time from the change that a decision answers to the decision, '
     || 'interpolated'},
  {name: 'max_decision_latency', unit: 's',
   definition: 'longest time from the change that a decision answers to the decision'},
  {name: 'node_seconds', unit: 'node s',
   definition: 'time that the nodes of elastic pools cost from first submit to last end: each from the '
     || 'decision to take it in until it had left, was given up or was lost'},
  {name: 'oracle_node_seconds', unit: 'node s',
   definition: 'the same of an oracle without delay that knows the demand of each elastic pool: at every '
     || 'moment the fewest whole nodes, within the pool''s bounds, whose cores are enough for it'},
  {name: 'node_seconds_ratio', unit: '1',
   definition: 'node_seconds / oracle_node_seconds; below 1 where nodes were lacking'}
], recursive := true);

-- Of runs whose supply could change.
CREATE VIEW elastic_metric_values AS
WITH pools AS (
  SELECT DISTINCT run_id, true AS has_pools FROM elastic_pools
), jobs AS (
  SELECT run_id, jobs, n, without_submit, without_start, without_end, without_cores, unheld
  FROM job_figures WHERE scope = 'run'
), figures AS (
  SELECT
    run_id,
    jitter,
    node_seconds,
    oracle_node_seconds,
    node_seconds_ratio,
    CASE WHEN has_pools THEN coalesce(node_joins, 0) END AS node_joins,
    CASE WHEN has_pools THEN coalesce(node_leaves, 0) END AS node_leaves,
    CASE WHEN has_pools THEN coalesce(nodes_given_up, 0) END AS nodes_given_up,
    CASE WHEN has_pools THEN coalesce(nodes_lost, 0) END AS nodes_lost,
    node_event_figures.* EXCLUDE (run_id, node_joins, node_leaves, nodes_given_up, nodes_lost),
    decision_figures.* EXCLUDE (run_id),
    CASE WHEN has_pools IS NULL THEN 'not known which nodes came and went' END AS unknown_reason,
    coalesce(
      uncounted_text(jobs, n, without_submit, without_start, without_end, without_cores),
      CASE WHEN unheld > 0 THEN 'not known what every job held' END
    ) AS demand_reason,
    coalesce(unheld, 0) = 0 AS all_held
  FROM elastic_runs
  LEFT JOIN pools USING (run_id)
  LEFT JOIN jobs USING (run_id)
  LEFT JOIN change_figures USING (run_id)
  LEFT JOIN node_cost_figures USING (run_id)
  LEFT JOIN node_event_figures USING (run_id)
  LEFT JOIN decision_figures USING (run_id)
), found AS (
  SELECT run_id, unnest([
    {name: 'jitter', value: CASE WHEN all_held THEN jitter END,
     reason: coalesce(demand_reason, 'the supply of this run was not recorded')},
    {name: 'node_joins', value: node_joins, reason: unknown_reason},
    {name: 'node_leaves', value: node_leaves, reason: unknown_reason},
    {name: 'nodes_given_up', value: nodes_given_up, reason: unknown_reason},
    {name: 'nodes_lost', value: nodes_lost, reason: unknown_reason},
    {name: 'mean_join_to_started', value: mean_join_to_started,
     reason: coalesce(unknown_reason, 'no node started')},
    {name: 'max_join_to_started', value: max_join_to_started,
     reason: coalesce(unknown_reason, 'no node started')},
    {name: 'mean_join_to_schedulable', value: mean_join_to_schedulable,
     reason: coalesce(unknown_reason, 'no node joined')},
    {name: 'max_join_to_schedulable', value: max_join_to_schedulable,
     reason: coalesce(unknown_reason, 'no node joined')},
    {name: 'mean_join_to_first_job', value: mean_join_to_first_job,
     reason: coalesce(unknown_reason, 'no job ran on a node that had joined')},
    {name: 'max_join_to_first_job', value: max_join_to_first_job,
     reason: coalesce(unknown_reason, 'no job ran on a node that had joined')},
    {name: 'mean_leave_to_drained', value: mean_leave_to_drained,
     reason: coalesce(unknown_reason, 'no node was drained')},
    {name: 'max_leave_to_drained', value: max_leave_to_drained,
     reason: coalesce(unknown_reason, 'no node was drained')},
    {name: 'mean_leave_to_left', value: mean_leave_to_left,
     reason: coalesce(unknown_reason, 'no node left')},
    {name: 'max_leave_to_left', value: max_leave_to_left,
     reason: coalesce(unknown_reason, 'no node left')},
    {name: 'p50_decision_latency', value: p50_decision_latency,
     reason: coalesce(unknown_reason, 'no decision was recorded')},
    {name: 'p99_decision_latency', value: p99_decision_latency,
     reason: coalesce(unknown_reason, 'no decision was recorded')},
    {name: 'max_decision_latency', value: max_decision_latency,
     reason: coalesce(unknown_reason, 'no decision was recorded')},
    {name: 'node_seconds', value: node_seconds, reason: coalesce(unknown_reason, demand_reason,
       'the nodes of the elastic pools are not known')},
    {name: 'oracle_node_seconds', value: CASE WHEN all_held THEN oracle_node_seconds END,
     reason: coalesce(unknown_reason, demand_reason, 'the size of the nodes is not known')},
    {name: 'node_seconds_ratio', value: CASE WHEN all_held THEN node_seconds_ratio END,
     reason: coalesce(unknown_reason, demand_reason, CASE WHEN oracle_node_seconds IS NULL
       THEN 'the size of the nodes is not known' ELSE 'the oracle would hold no node' END)}
  ], recursive := true)
  FROM figures
)
SELECT run_id, name, 'run' AS scope, NULL::VARCHAR AS subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM found JOIN elastic_metric_definitions USING (name);

-- Of all other runs. Planning the view above takes as long as planning all the others together.
CREATE VIEW fixed_metric_values AS
SELECT
  run_id, name, 'run' AS scope, NULL::VARCHAR AS subject, NULL::DOUBLE AS value, unit, definition,
  fixed_supply_text() AS reason
FROM (SELECT run_id FROM runs ANTI JOIN elastic_runs USING (run_id)), elastic_metric_definitions;
