-- Definitions: docs/metrics.md. What each node had free over time. The series is computed once, when a run
-- is loaded (table node_free); nothing that a report reads is computed from these views.

-- What a job that names no memory has for each core: the rule of spec/allocation.ts, with the scarcest node of the
-- whole cluster. Where a core has less than a MiB, as on nodes whose memory their site does not say, it has no more
-- than its part: jobs that name none never lack memory.
CREATE VIEW memory_shares AS
SELECT run_id, least(core_mib, greatest(1, floor(core_mib))) AS core_memory_mib
FROM (
  SELECT run_id, min(jobs_memory(memory_mib) / vcpus) AS core_mib
  FROM nodes WHERE role = 'compute' GROUP BY run_id
);

-- What each attempt held on each of its nodes. Cores and GPUs are known where the attempt was on one node,
-- where it was on as many nodes as it asked for, which have equal parts of it, where the scheduler told how
-- it was spread, or where it held all that its nodes have; NULL elsewhere. Memory goes with the cores, and
-- a job that named none has its cores' share.
CREATE VIEW node_holdings AS
WITH spread AS (
  SELECT
    run_id, job, attempt,
    attempts.cores AS job_cores,
    len(attempts.nodes) AS on_nodes,
    unnest(attempts.nodes) AS node,
    unnest(node_cores) AS told_cores,
    len(attempts.nodes) = 1 OR len(attempts.nodes) = requested_nodes AS alike,
    coalesce(requested_gpus, 0) AS job_gpus,
    coalesce(requested_memory_mib, attempts.cores * core_memory_mib) AS job_memory_mib
  FROM attempts JOIN jobs USING (run_id, job) JOIN memory_shares USING (run_id)
), sized AS (
  SELECT
    spread.*, vcpus, gpus AS node_gpus,
    sum(vcpus) OVER own AS own_cores,
    sum(gpus) OVER own AS own_gpus
  FROM spread JOIN nodes USING (run_id, node)
  WINDOW own AS (PARTITION BY run_id, job, attempt)
), placed AS (
  SELECT
    *,
    CASE
      WHEN told_cores IS NOT NULL THEN told_cores
      WHEN alike AND job_cores % on_nodes = 0 THEN job_cores // on_nodes
      WHEN own_cores = job_cores THEN vcpus
    END AS cores
  FROM sized
)
SELECT
  run_id, job, attempt, node, cores,
  job_memory_mib * cores / job_cores AS memory_mib,
  CASE
    WHEN job_gpus = 0 THEN 0
    WHEN alike AND job_gpus % on_nodes = 0 THEN job_gpus // on_nodes
    WHEN own_gpus = job_gpus THEN node_gpus
  END AS gpus
FROM placed;

-- The window of each run, out of its kept sums.
CREATE VIEW kept_windows AS
SELECT run_id, min(first_s) AS first_s, max(last_s) AS last_s
FROM job_sums WHERE counted GROUP BY run_id;

-- Why what the nodes of a run had free is not known; no row where it is.
CREATE VIEW unplaced_runs AS
WITH compute AS (
  SELECT DISTINCT run_id FROM nodes WHERE role = 'compute'
), unknown AS (
  SELECT
    run_id,
    count(DISTINCT job) FILTER (cores IS NULL) AS spread_jobs,
    count(DISTINCT job) FILTER (cores IS NOT NULL AND gpus IS NULL) AS gpu_jobs
  FROM node_holdings WHERE cores IS NULL OR gpus IS NULL
  GROUP BY run_id
), homeless AS (
  -- Runs that were loaded before attempts were kept have none of them.
  SELECT run_id, count(*) AS jobs
  FROM (
    SELECT run_id, job FROM jobs ANTI JOIN attempts USING (run_id, job) WHERE start_s IS NOT NULL
    UNION
    SELECT run_id, job FROM attempts WHERE nodes IS NULL OR len(nodes) = 0
  )
  GROUP BY run_id
), endless AS (
  SELECT run_id, count(DISTINCT job) AS jobs FROM attempts WHERE end_s IS NULL GROUP BY run_id
), reasons AS (
  SELECT
    runs.run_id,
    CASE
      WHEN compute.run_id IS NULL THEN 'the nodes of this run are not known'
      WHEN elastic_runs.run_id IS NOT NULL THEN 'the nodes of this run come and go'
      WHEN windows.run_id IS NULL THEN 'no job counts'
      WHEN windows.last_s <= windows.first_s THEN 'the makespan is 0'
      WHEN homeless.jobs > 0
        THEN format('not known on which nodes {} of the jobs ran', homeless.jobs)
      WHEN endless.jobs > 0
        THEN format('not known when an attempt of {} of the jobs ended', endless.jobs)
      WHEN spread_jobs > 0
        THEN format('not known how {} of the jobs were spread over their nodes', spread_jobs)
      WHEN gpu_jobs > 0
        THEN format('not known how the GPUs of {} of the jobs were spread over their nodes', gpu_jobs)
    END AS reason
  FROM runs
  LEFT JOIN compute USING (run_id)
  LEFT JOIN elastic_runs USING (run_id)
  LEFT JOIN kept_windows AS windows USING (run_id)
  LEFT JOIN homeless USING (run_id)
  LEFT JOIN endless USING (run_id)
  LEFT JOIN unknown USING (run_id)
)
SELECT run_id, reason FROM reasons WHERE reason IS NOT NULL;

-- Cores, memory and GPUs of each compute node that no job held, between the first submit and the last end.
-- A node without a job has one row. Moments in whole seconds may overlap: nothing is below 0.
CREATE VIEW node_free_now AS
WITH placed AS (
  SELECT run_id, first_s, last_s
  FROM kept_windows ANTI JOIN unplaced_runs USING (run_id)
), changes AS (
  SELECT run_id, node, first_s AS at_s, vcpus AS cores, jobs_memory(memory_mib) AS memory_mib, gpus
  FROM nodes JOIN placed USING (run_id) WHERE role = 'compute'
  UNION ALL
  SELECT run_id, node, greatest(from_s, first_s), -cores, -memory_mib, -gpus
  FROM node_holdings JOIN held_intervals USING (run_id, job, attempt) JOIN placed USING (run_id)
  WHERE to_s > first_s AND from_s < last_s
  UNION ALL
  SELECT run_id, node, to_s, cores, memory_mib, gpus
  FROM node_holdings JOIN held_intervals USING (run_id, job, attempt) JOIN placed USING (run_id)
  WHERE to_s > first_s AND to_s < last_s
), steps AS (
  -- Of one instant together: cores that one job gives back are free for the next.
  SELECT
    run_id, node, at_s,
    sum(cores) AS cores, sum(memory_mib) AS memory_mib, sum(gpus) AS gpus
  FROM changes
  GROUP BY run_id, node, at_s
)
SELECT
  run_id,
  node,
  at_s,
  coalesce(lead(at_s) OVER so_far, last_s) AS until_s,
  greatest(0, sum(cores) OVER so_far)::INTEGER AS cores,
  -- Parts of a MiB are rounding.
  greatest(0, round(sum(memory_mib) OVER so_far, 3)) AS memory_mib,
  greatest(0, sum(gpus) OVER so_far)::INTEGER AS gpus
FROM steps JOIN placed USING (run_id)
WINDOW so_far AS (PARTITION BY run_id, node ORDER BY at_s ROWS UNBOUNDED PRECEDING);
