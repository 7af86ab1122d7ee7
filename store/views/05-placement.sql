-- Definitions: docs/metrics.md. Fragmentation, free slots and what would fit, all computed from the table
-- node_free when they are asked for.

-- The workload's own distribution of requests, each as a task of one node: a job that said its nodes is
-- taken as an equal part for each of them, and one that is larger than the largest node in some resource as
-- the fewest equal parts that fit. The list of jobs alone decides, whether its jobs count or not.
CREATE VIEW task_kinds AS
WITH largest AS (
  SELECT
    run_id, max(vcpus) AS cores, max(jobs_memory(memory_mib)) AS memory_mib, max(gpus) AS gpus
  FROM nodes WHERE role = 'compute' GROUP BY run_id
), requests AS (
  SELECT
    run_id,
    coalesce(requested_cores, allocated_cores) AS cores,
    coalesce(requested_memory_mib, coalesce(requested_cores, allocated_cores) * core_memory_mib)
      AS memory_mib,
    coalesce(requested_gpus, 0) AS gpus,
    requested_nodes
  FROM jobs JOIN memory_shares USING (run_id)
  WHERE coalesce(requested_cores, allocated_cores) > 0
), asked AS (
  SELECT
    requests.*,
    greatest(
      1,
      requested_nodes,
      ceil(requests.cores / largest.cores),
      ceil(requests.memory_mib / largest.memory_mib),
      CASE WHEN requests.gpus > 0 THEN ceil(requests.gpus / nullif(largest.gpus, 0)) END
    ) AS parts
  FROM requests JOIN largest USING (run_id)
), counted AS (
  SELECT
    run_id,
    ceil(cores / parts)::INTEGER AS cores,
    memory_mib / parts AS memory_mib,
    ceil(gpus / parts)::INTEGER AS gpus,
    count(*) AS jobs
  FROM asked
  GROUP BY ALL
)
SELECT *, jobs / sum(jobs) OVER (PARTITION BY run_id) AS share FROM counted;

-- Free GPUs of a node that a task drawn from task_kinds is not expected to be given (Weng et al., ATC 2023,
-- with whole GPUs): all of them where the task does not fit, or asks for no GPU; none where it fits.
-- gpu_task_fragmented leaves out tasks that ask for no GPU, and is NULL where there are no others.
CREATE VIEW node_fragmentation AS
WITH kinds AS (
  SELECT * FROM task_kinds WHERE gpus > 0
), totals AS (
  SELECT run_id, sum(share) AS with_gpus FROM kinds GROUP BY run_id
), states AS (
  SELECT DISTINCT run_id, cores, gpus FROM node_free WHERE gpus > 0
), fitting AS (
  -- By the memory that is needed beside so many cores and GPUs: there are far fewer of these than states
  -- with their memory.
  SELECT
    run_id, states.cores, states.gpus,
    kinds.memory_mib - 0.01 AS memory_mib,
    sum(sum(share)) OVER (
      PARTITION BY run_id, states.cores, states.gpus ORDER BY kinds.memory_mib
      ROWS UNBOUNDED PRECEDING
    ) AS share
  FROM states JOIN kinds USING (run_id)
  WHERE kinds.gpus <= states.gpus AND kinds.cores <= states.cores
  GROUP BY run_id, states.cores, states.gpus, kinds.memory_mib
)
SELECT
  node_free.*,
  node_free.gpus * greatest(0, 1 - coalesce(share, 0)) AS fragmented,
  CASE
    WHEN node_free.gpus = 0 THEN 0
    WHEN with_gpus > 0 THEN node_free.gpus * greatest(0, 1 - coalesce(share, 0) / with_gpus)
  END AS gpu_task_fragmented
FROM node_free
LEFT JOIN totals USING (run_id)
ASOF LEFT JOIN fitting
  ON fitting.run_id = node_free.run_id AND fitting.cores = node_free.cores
  AND fitting.gpus = node_free.gpus AND node_free.memory_mib >= fitting.memory_mib;

-- The same of the whole cluster over time.
CREATE VIEW fragmentation_series AS
WITH changes AS (
  SELECT run_id, at_s, gpus, fragmented, gpu_task_fragmented FROM node_fragmentation
  UNION ALL
  SELECT run_id, until_s, -gpus, -fragmented, -gpu_task_fragmented FROM node_fragmentation
), steps AS (
  SELECT
    run_id, at_s,
    sum(gpus) AS gpus, sum(fragmented) AS f, sum(gpu_task_fragmented) AS g,
    count(*) - count(gpu_task_fragmented) AS unknown
  FROM changes GROUP BY run_id, at_s
)
SELECT
  run_id,
  at_s,
  lead(at_s) OVER so_far AS until_s,
  (sum(gpus) OVER so_far)::BIGINT AS free_gpus,
  round(sum(f) OVER so_far, 9) AS fragmented,
  CASE WHEN sum(unknown) OVER (PARTITION BY run_id) = 0 THEN round(sum(g) OVER so_far, 9) END
    AS gpu_task_fragmented
FROM steps
WINDOW so_far AS (PARTITION BY run_id ORDER BY at_s ROWS UNBOUNDED PRECEDING)
QUALIFY until_s IS NOT NULL;

-- What a job could have of what a node had free: cores where memory is left, and GPUs where a core is left
-- that it could have.
CREATE VIEW node_slots AS
SELECT
  run_id, node, at_s, until_s,
  CASE WHEN memory_mib > 0 THEN cores ELSE 0 END AS cores,
  CASE WHEN memory_mib > 0 AND cores > 0 THEN gpus ELSE 0 END AS gpus
FROM node_free;

-- How many nodes had so many cores, or GPUs, free for a job, from each change of that number on.
CREATE VIEW free_slot_changes AS
WITH levels AS (
  SELECT run_id, 'cores' AS resource, cores AS free, at_s, until_s FROM node_slots
  UNION ALL
  SELECT run_id, 'gpus', gpus, at_s, until_s FROM node_slots
), changes AS (
  SELECT run_id, resource, free, at_s, 1 AS nodes FROM levels
  UNION ALL
  SELECT run_id, resource, free, until_s, -1 FROM levels
), steps AS (
  SELECT run_id, resource, free, at_s, sum(nodes) AS nodes
  FROM changes GROUP BY ALL HAVING sum(nodes) <> 0
)
SELECT
  run_id, resource, free, at_s,
  lead(at_s) OVER of_level AS until_s,
  (sum(nodes) OVER of_level)::BIGINT AS nodes
FROM steps
WINDOW of_level AS (PARTITION BY run_id, resource, free ORDER BY at_s ROWS UNBOUNDED PRECEDING);

-- The histogram of free slots over time.
CREATE VIEW free_slot_series AS SELECT * FROM free_slot_changes WHERE nodes > 0;

-- The most that one node had free for a job, from each change on. Which numbers there are is a set of bits,
-- 120 of them together: adding and taking away a bit keeps the set, and its highest bit is the most. A join
-- of moments and numbers would take forty times as long.
CREATE VIEW most_free_series AS
WITH presences AS (
  SELECT
    run_id, resource, free, at_s,
    nodes > 0 AS present,
    lag(nodes > 0, 1, false) OVER (PARTITION BY run_id, resource, free ORDER BY at_s) AS was_present
  FROM free_slot_changes
), changes AS (
  SELECT
    run_id, resource, free // 120 AS part, at_s,
    sum(CASE WHEN present THEN 1 ELSE -1 END * (1::HUGEINT << (free % 120))) AS bits
  FROM presences WHERE present <> was_present
  GROUP BY ALL
), sets AS (
  SELECT
    run_id, resource, part, at_s,
    (sum(bits) OVER (PARTITION BY run_id, resource, part ORDER BY at_s ROWS UNBOUNDED PRECEDING))::HUGEINT
      AS bits
  FROM changes
), moments AS (
  SELECT run_id, resource, at_s, part
  FROM (SELECT DISTINCT run_id, resource, at_s FROM sets)
  JOIN (SELECT DISTINCT run_id, resource, part FROM sets) USING (run_id, resource)
)
SELECT
  moments.run_id, moments.resource, moments.at_s,
  max(sets.part * 120 + 128 - bit_position('1'::BIT, sets.bits::BIT)) FILTER (bits > 0) AS most
FROM moments ASOF LEFT JOIN sets
  ON sets.run_id = moments.run_id AND sets.resource = moments.resource AND sets.part = moments.part
  AND moments.at_s >= sets.at_s
GROUP BY moments.run_id, moments.resource, moments.at_s;

-- The largest job that would fit: on any nodes together (free), and on one node. free_gpus of
-- fragmentation_series has those without a core as well.
CREATE VIEW largest_fit_series AS
WITH changes AS (
  SELECT run_id, at_s, cores, gpus FROM node_slots
  UNION ALL
  SELECT run_id, until_s, -cores, -gpus FROM node_slots
), steps AS (
  SELECT run_id, at_s, sum(cores) AS cores, sum(gpus) AS gpus
  FROM changes GROUP BY run_id, at_s
), totals AS (
  SELECT
    run_id, at_s,
    lead(at_s) OVER of_run AS until_s,
    (sum(cores) OVER of_run)::BIGINT AS free_cores,
    (sum(gpus) OVER of_run)::BIGINT AS free_gpus
  FROM steps
  WINDOW of_run AS (PARTITION BY run_id ORDER BY at_s ROWS UNBOUNDED PRECEDING)
  QUALIFY until_s IS NOT NULL
)
SELECT
  totals.run_id,
  totals.at_s,
  until_s,
  free_cores,
  free_gpus,
  of_cores.most::INTEGER AS node_free_cores,
  of_gpus.most::INTEGER AS node_free_gpus
FROM totals
ASOF LEFT JOIN (FROM most_free_series WHERE resource = 'cores') AS of_cores
  ON of_cores.run_id = totals.run_id AND totals.at_s >= of_cores.at_s
ASOF LEFT JOIN (FROM most_free_series WHERE resource = 'gpus') AS of_gpus
  ON of_gpus.run_id = totals.run_id AND totals.at_s >= of_gpus.at_s;

-- One row for each run: time means over its window, or the reason why there are none.
CREATE VIEW placement_figures_now AS
WITH fragments AS (
  SELECT
    run_id,
    sum(fragmented * (until_s - at_s)) AS fragmented_s,
    CASE WHEN count(gpu_task_fragmented) = count(*)
      THEN sum(gpu_task_fragmented * (until_s - at_s)) END AS gpu_task_fragmented_s,
    sum(gpus * (until_s - at_s)) AS free_gpu_s
  FROM node_fragmentation GROUP BY run_id
), fits AS (
  SELECT
    run_id,
    sum(until_s - at_s) AS span_s,
    sum(free_cores * (until_s - at_s)) AS core_s,
    sum(free_gpus * (until_s - at_s)) AS gpu_s,
    sum(node_free_cores * (until_s - at_s)) AS node_core_s,
    sum(node_free_gpus * (until_s - at_s)) AS node_gpu_s
  FROM largest_fit_series GROUP BY run_id
)
SELECT
  runs.run_id,
  CASE WHEN gpus > 0 THEN fragmented_s / span_s END AS mean_gpu_fragmentation,
  CASE WHEN gpus > 0 THEN fragmented_s / nullif(free_gpu_s, 0) END AS gpu_fragmentation_rate,
  CASE WHEN gpus > 0 THEN gpu_task_fragmented_s / nullif(free_gpu_s, 0) END
    AS gpu_task_fragmentation_rate,
  core_s / span_s AS mean_largest_fit_cores,
  CASE WHEN gpus > 0 THEN gpu_s / span_s END AS mean_largest_fit_gpus,
  node_core_s / span_s AS mean_largest_node_fit_cores,
  CASE WHEN gpus > 0 THEN node_gpu_s / span_s END AS mean_largest_node_fit_gpus,
  unplaced_runs.reason
FROM runs
LEFT JOIN unplaced_runs USING (run_id)
LEFT JOIN run_capacities USING (run_id)
LEFT JOIN fragments USING (run_id)
LEFT JOIN fits USING (run_id);
