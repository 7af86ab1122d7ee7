-- Definitions: docs/metrics.md. Fragmentation, free slots and what would fit, all computed from the table
-- node_free when they are asked for.

-- The workload's own distribution of requests, each as a task of one node: a job that is larger than the
-- largest node in some resource is taken as the fewest equal parts that fit. The list of jobs alone
-- decides, whether its jobs count or not.
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
    coalesce(requested_gpus, 0) AS gpus
  FROM jobs JOIN memory_shares USING (run_id)
  WHERE coalesce(requested_cores, allocated_cores) > 0
), asked AS (
  SELECT
    requests.*,
    greatest(
      1,
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
WITH states AS (
  SELECT DISTINCT run_id, cores, memory_mib, gpus FROM node_free WHERE gpus > 0
), fits AS (
  SELECT
    states.run_id, states.cores, states.memory_mib, states.gpus,
    coalesce(sum(share) FILTER (
      kinds.gpus > 0 AND kinds.gpus <= states.gpus AND kinds.cores <= states.cores
      AND kinds.memory_mib <= states.memory_mib + 0.01
    ), 0) AS fitting,
    sum(share) FILTER (kinds.gpus > 0) AS with_gpus
  FROM states JOIN task_kinds AS kinds USING (run_id)
  GROUP BY ALL
)
SELECT
  node_free.*,
  coalesce(node_free.gpus * greatest(0, 1 - fitting), 0) AS fragmented,
  CASE
    WHEN node_free.gpus = 0 THEN 0
    WHEN with_gpus > 0 THEN node_free.gpus * greatest(0, 1 - fitting / with_gpus)
  END AS gpu_task_fragmented
FROM node_free LEFT JOIN fits USING (run_id, cores, memory_mib, gpus);

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

-- The histogram of free slots over time: how many nodes had so many cores, or GPUs, free.
CREATE VIEW free_slot_series AS
WITH levels AS (
  SELECT run_id, 'cores' AS resource, cores AS free, at_s, until_s FROM node_free
  UNION ALL
  SELECT run_id, 'gpus', gpus, at_s, until_s FROM node_free
), changes AS (
  SELECT run_id, resource, free, at_s, 1 AS nodes FROM levels
  UNION ALL
  SELECT run_id, resource, free, until_s, -1 FROM levels
), steps AS (
  SELECT run_id, resource, free, at_s, sum(nodes) AS nodes
  FROM changes GROUP BY ALL HAVING sum(nodes) <> 0
), counts AS (
  SELECT
    run_id, resource, free, at_s,
    lead(at_s) OVER so_far AS until_s,
    (sum(nodes) OVER so_far)::BIGINT AS nodes
  FROM steps
  WINDOW so_far AS (PARTITION BY run_id, resource, free ORDER BY at_s ROWS UNBOUNDED PRECEDING)
)
SELECT * FROM counts WHERE nodes > 0;

-- The largest job that would fit: on any nodes together (free), and on one node (on_node).
CREATE VIEW largest_fit_series AS
WITH changes AS (
  SELECT run_id, at_s, cores, gpus FROM node_free
  UNION ALL
  SELECT run_id, until_s, -cores, -gpus FROM node_free
), steps AS (
  SELECT run_id, at_s, sum(cores) AS cores, sum(gpus) AS gpus
  FROM changes GROUP BY run_id, at_s
), totals AS (
  SELECT
    run_id, at_s,
    lead(at_s) OVER so_far AS until_s,
    (sum(cores) OVER so_far)::BIGINT AS free_cores,
    (sum(gpus) OVER so_far)::BIGINT AS free_gpus
  FROM steps
  WINDOW so_far AS (PARTITION BY run_id ORDER BY at_s ROWS UNBOUNDED PRECEDING)
  QUALIFY until_s IS NOT NULL
)
SELECT
  totals.run_id,
  totals.at_s,
  totals.until_s,
  free_cores,
  free_gpus,
  max(free) FILTER (resource = 'cores') AS node_free_cores,
  max(free) FILTER (resource = 'gpus') AS node_free_gpus
FROM totals JOIN free_slot_series AS slots
  ON slots.run_id = totals.run_id AND slots.at_s <= totals.at_s AND totals.at_s < slots.until_s
GROUP BY ALL;

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
