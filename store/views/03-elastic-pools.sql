-- Definitions: docs/metrics.md. Runs whose cores could become more or fewer while they lasted.

-- Pools whose nodes come and go, with the bounds that the run's specification sets. node_cores are those
-- of each node.
CREATE VIEW elastic_pools AS
WITH topologies AS (
  SELECT run_id, spec -> '$.topology' AS topology FROM runs WHERE has_elastic_pool(spec)
), named AS (
  SELECT run_id, topology, unnest(json_keys(topology, '$.pools')) AS pool FROM topologies
), shapes AS (
  SELECT run_id, 'nodes' AS pool, topology -> '$.nodes' AS shape FROM topologies
  UNION ALL
  SELECT run_id, pool, topology -> ('$.pools.' || pool) FROM named
), sizes AS (
  SELECT run_id, pool, max(vcpus) AS node_cores
  FROM nodes WHERE role = 'compute' GROUP BY run_id, pool
)
SELECT
  run_id,
  pool,
  coalesce((shape ->> '$.elastic.min')::INTEGER, 1) AS least,
  (shape ->> '$.elastic.max')::INTEGER AS most,
  (shape ->> '$.count')::INTEGER AS at_start,
  shape ->> '$.elastic.policy.kind' AS policy,
  (shape ->> '$.elastic.provisioning.deadline')::DOUBLE AS deadline_s,
  node_cores
FROM shapes LEFT JOIN sizes USING (run_id, pool)
WHERE shape ->> '$.elastic.max' IS NOT NULL;

-- Runs with such a pool, and those whose supply is recorded step by step.
CREATE VIEW elastic_runs AS
SELECT run_id FROM runs WHERE has_elastic_pool(spec)
UNION
SELECT run_id FROM supply_steps;
