-- Definitions: docs/metrics.md. What it took to follow the demand, in runs whose supply could change.

-- How the cores that the jobs of each pool want, running or queued, change. A job of a partition that is no pool's,
-- or spans several, is one of the pool that it ran on, by its first node; one that never ran, of the default pool,
-- "nodes".
CREATE VIEW pool_demand_changes AS
WITH pool_names AS (
  SELECT run_id, list(DISTINCT pool) AS pools
  FROM nodes SEMI JOIN elastic_runs USING (run_id)
  WHERE role = 'compute' GROUP BY run_id
), placed AS (
  SELECT jobs.run_id, job, pool
  FROM jobs SEMI JOIN elastic_runs USING (run_id)
  JOIN nodes ON nodes.run_id = jobs.run_id AND nodes.node = jobs.nodes[1]
), own AS (
  SELECT times.*, CASE WHEN list_contains(pools, queue) THEN queue ELSE coalesce(placed.pool, 'nodes') END AS pool
  FROM job_times AS times JOIN pool_names USING (run_id) LEFT JOIN placed USING (run_id, job)
  WHERE counted
), stretches AS (
  SELECT run_id, pool, from_s, to_s, cores - wanted AS more
  FROM held_stretches SEMI JOIN elastic_runs USING (run_id) JOIN own USING (run_id, job)
  WHERE cores <> wanted
)
SELECT run_id, pool, submit_s AS at_s, coalesce(requested_cores, allocated_cores) AS change FROM own
UNION ALL
SELECT run_id, pool, greatest(submit_s, start_s, end_s), -coalesce(requested_cores, allocated_cores)
FROM own
UNION ALL
SELECT run_id, pool, from_s, more FROM stretches
UNION ALL
SELECT run_id, pool, to_s, -more FROM stretches;

-- How often demand (capped at the largest size) and supply change between the first submit and the last
-- end.
CREATE VIEW change_figures AS
WITH steps AS (
  SELECT run_id, at_s, sum(change) AS change FROM pool_demand_changes GROUP BY run_id, at_s
), levels AS (
  SELECT
    run_id, at_s, largest,
    least(largest, sum(change) OVER so_far) AS demand
  FROM steps
  JOIN (SELECT DISTINCT run_id, largest FROM supply_series SEMI JOIN elastic_runs USING (run_id))
    USING (run_id)
  WINDOW so_far AS (PARTITION BY run_id ORDER BY at_s)
), demands AS (
  SELECT
    run_id,
    count(*) FILTER (demand <> demand_before AND at_s > first_s AND at_s < last_s) AS demand_changes
  FROM (
    SELECT *, lag(demand) OVER (PARTITION BY run_id ORDER BY at_s) AS demand_before FROM levels
  ) JOIN run_windows USING (run_id)
  GROUP BY run_id
), supplies AS (
  SELECT
    run_id,
    count(*) FILTER (cores <> cores_before AND at_s > first_s AND at_s < last_s) AS supply_changes
  FROM (
    SELECT *, lag(cores) OVER (PARTITION BY run_id ORDER BY at_s, rowid) AS cores_before
    FROM supply_steps
  ) JOIN run_windows USING (run_id)
  GROUP BY run_id
)
SELECT
  run_id,
  supply_changes,
  demand_changes,
  (supply_changes - demand_changes) / nullif(last_s - first_s, 0) * 60 AS jitter
FROM supplies JOIN demands USING (run_id) JOIN run_windows USING (run_id);

-- Nodes that an oracle would hold: it knows the demand of each elastic pool, has no delay, and takes at
-- every moment the fewest whole nodes, within the pool's bounds, whose cores are enough for it. NULL where
-- the size of the nodes is not known: least and greatest leave a NULL out.
CREATE VIEW oracle_series AS
WITH steps AS (
  SELECT run_id, pool, at_s, sum(change) AS change
  FROM pool_demand_changes SEMI JOIN elastic_pools USING (run_id, pool)
  GROUP BY run_id, pool, at_s
  UNION ALL
  -- Every pool has the whole window, whether it had jobs or not.
  SELECT run_id, pool, unnest([first_s, last_s]), 0
  FROM elastic_pools JOIN run_windows USING (run_id)
), levels AS (
  SELECT DISTINCT
    run_id, pool, at_s,
    sum(change) OVER (PARTITION BY run_id, pool ORDER BY at_s) AS demand
  FROM steps
)
SELECT
  run_id,
  pool,
  at_s,
  lead(at_s) OVER (PARTITION BY run_id, pool ORDER BY at_s) AS until_s,
  demand::BIGINT AS demand,
  CASE WHEN node_cores > 0 THEN least(most, greatest(least, ceil(demand / node_cores))) END::BIGINT
    AS nodes
FROM levels JOIN elastic_pools USING (run_id, pool);

-- Node-seconds of the elastic pools in the run's window: what their nodes cost, and what the oracle's
-- would have; NULL where the nodes of some pool are not known.
CREATE VIEW node_cost_figures AS
WITH pools AS (
  SELECT run_id, bool_and(own > 0) AS known FROM (
    SELECT run_id, pool, count(node) AS own
    FROM elastic_pools LEFT JOIN (FROM nodes WHERE role = 'compute') USING (run_id, pool)
    GROUP BY run_id, pool
  ) GROUP BY run_id
), costs AS (
  SELECT
    run_id,
    sum(greatest(0, least(coalesce(to_s, last_s), last_s) - greatest(from_s, first_s))) AS node_seconds
  FROM node_stays SEMI JOIN elastic_pools USING (run_id, pool) JOIN run_windows USING (run_id)
  GROUP BY run_id
), oracles AS (
  SELECT
    run_id,
    CASE WHEN count(nodes) = count(*) THEN sum(nodes * (until_s - at_s)) END AS oracle_node_seconds
  FROM oracle_series WHERE until_s > at_s GROUP BY run_id
), figures AS (
  SELECT
    run_id,
    CASE WHEN known THEN coalesce(node_seconds, 0) END AS node_seconds,
    oracle_node_seconds
  FROM oracles JOIN pools USING (run_id) LEFT JOIN costs USING (run_id)
)
SELECT *, node_seconds / nullif(oracle_node_seconds, 0) AS node_seconds_ratio FROM figures;

-- How many nodes came and went, and how long that took; NULL where none did.
CREATE VIEW node_event_figures AS
SELECT
  run_id,
  count(*) FILTER (decided_s IS NOT NULL AND schedulable_s IS NOT NULL) AS node_joins,
  count(left_s) FILTER (leave_decided_s IS NOT NULL) AS node_leaves,
  count(given_up_s) AS nodes_given_up,
  count(lost_s) AS nodes_lost,
  avg(started_s - decided_s) AS mean_join_to_started,
  max(started_s - decided_s) AS max_join_to_started,
  avg(schedulable_s - decided_s) AS mean_join_to_schedulable,
  max(schedulable_s - decided_s) AS max_join_to_schedulable,
  avg(first_job_s - decided_s) AS mean_join_to_first_job,
  max(first_job_s - decided_s) AS max_join_to_first_job,
  avg(drained_s - leave_decided_s) AS mean_leave_to_drained,
  max(drained_s - leave_decided_s) AS max_leave_to_drained,
  avg(left_s - leave_decided_s) AS mean_leave_to_left,
  max(left_s - leave_decided_s) AS max_leave_to_left
FROM node_stays
GROUP BY run_id;

CREATE VIEW decision_figures AS
SELECT
  run_id,
  quantile_cont(at_s - cause_s, 0.5) AS p50_decision_latency,
  quantile_cont(at_s - cause_s, 0.99) AS p99_decision_latency,
  max(at_s - cause_s) AS max_decision_latency
FROM scaling_decisions
GROUP BY run_id;
