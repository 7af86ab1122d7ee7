-- Definitions: docs/metrics.md. The time for which each node of an elastic pool was there.

-- One row for each stay of a node, from the decision to take it in until it left, was given up or was
-- lost; stay 0 is that of a node that was there from the start, whose from_s is -infinity. A node costs
-- from from_s until to_s, which is NULL for one that was still there at the end. first_job_s is the
-- start of the first job on it.
CREATE VIEW node_stays AS
WITH placed AS (
  SELECT
    node_events.*, pool,
    lag(event) OVER in_order AS event_before,
    node_events.rowid AS place
  FROM node_events LEFT JOIN nodes USING (run_id, node)
  WINDOW in_order AS (PARTITION BY run_id, node ORDER BY at_s, node_events.rowid)
), numbered AS (
  SELECT
    *,
    count(*) FILTER (
      event = 'join-decided'
      OR (event IN ('started', 'schedulable') AND event_before IN ('left', 'given-up', 'lost'))
    ) OVER (PARTITION BY run_id, node ORDER BY at_s, place) AS stay
  FROM placed
), dated AS (
  SELECT
    run_id, node, stay,
    any_value(pool) AS pool,
    min(at_s) FILTER (event = 'join-decided') AS decided_s,
    min(at_s) FILTER (event = 'started') AS started_s,
    min(at_s) FILTER (event = 'schedulable') AS schedulable_s,
    min(at_s) FILTER (event = 'leave-decided') AS leave_decided_s,
    min(at_s) FILTER (event = 'draining') AS draining_s,
    min(at_s) FILTER (event = 'drained') AS drained_s,
    min(at_s) FILTER (event = 'left') AS left_s,
    min(at_s) FILTER (event = 'given-up') AS given_up_s,
    min(at_s) FILTER (event = 'lost') AS lost_s,
    min(at_s) AS first_s,
    arg_min(event, at_s) AS first_event
  FROM numbered
  GROUP BY run_id, node, stay
), bounded AS (
  SELECT
    *,
    CASE
      WHEN stay = 0 AND first_event NOT IN ('started', 'schedulable') THEN '-infinity'::DOUBLE
      ELSE first_s
    END AS from_s,
    coalesce(
      least(left_s, given_up_s, lost_s),
      lead(first_s) OVER (PARTITION BY run_id, node ORDER BY stay)
    ) AS to_s
  FROM dated
), starts AS (
  SELECT run_id, unnest(nodes) AS node, start_s, coalesce(start_resolution_ms, 0) / 1000 AS within_s
  FROM attempts SEMI JOIN elastic_runs USING (run_id)
), first_jobs AS (
  SELECT run_id, node, stay, min(greatest(start_s, schedulable_s)) AS first_job_s
  FROM bounded JOIN starts USING (run_id, node)
  WHERE start_s + within_s >= schedulable_s AND start_s < coalesce(to_s, 'infinity'::DOUBLE)
  GROUP BY run_id, node, stay
), quiet AS (
  -- Nodes that nothing befell: as many as are missing from the pool's size at the start were there all
  -- the time, the others never.
  SELECT
    pools.run_id, node, pool,
    row_number() OVER (PARTITION BY pools.run_id, pool ORDER BY node) AS number,
    at_start - (
      SELECT count(*) FROM bounded LEFT JOIN run_windows AS windows USING (run_id)
      WHERE bounded.run_id = pools.run_id AND bounded.pool = pools.pool AND stay = 0
        AND from_s <= coalesce(windows.first_s, from_s)
        -- A node that was away at the start has left before.
        AND coalesce(to_s, 'infinity'::DOUBLE) > coalesce(windows.first_s, '-infinity'::DOUBLE)
    ) AS missing
  FROM elastic_pools AS pools JOIN nodes USING (run_id, pool)
  WHERE role = 'compute'
    AND NOT EXISTS (FROM dated WHERE dated.run_id = pools.run_id AND dated.node = nodes.node)
)
SELECT
  run_id, node, pool, stay, from_s, decided_s, started_s, schedulable_s, first_job_s, leave_decided_s,
  draining_s, drained_s, left_s, given_up_s, lost_s, to_s
FROM bounded LEFT JOIN first_jobs USING (run_id, node, stay)
UNION ALL BY NAME
SELECT run_id, node, pool, 0 AS stay, '-infinity'::DOUBLE AS from_s FROM quiet WHERE number <= missing;
