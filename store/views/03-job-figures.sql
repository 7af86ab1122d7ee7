-- Definitions: docs/metrics.md. Means and sums over the jobs of a run, a user and a queue.

-- The single scan of the jobs from which all means and sums are computed.
CREATE VIEW job_sums_now AS
SELECT
  run_id,
  user_name,
  queue,
  counted,
  count(*) AS jobs,
  count(submit_s) AS submits,
  count(start_s) AS starts,
  count(end_s) AS ends,
  count(nullif(greatest(allocated_cores, 0), 0)) AS allocations,
  count(slowdown) AS slowdowns,
  min(submit_s) AS first_s,
  max(end_s) AS last_s,
  sum(wait_s) AS wait,
  max(wait_s) AS max_wait,
  sum(span_s) AS run,
  sum(slowdown) AS slowdown,
  sum(bounded_slowdown) AS bounded_slowdown,
  sum(allocated_cores * held_s) AS core_seconds,
  count(*) - count(held_s) AS unheld,
  account,
  qos
FROM job_times
GROUP BY run_id, user_name, queue, account, qos, counted;

-- One row for each run (subject is NULL), and each of its users, queues, accounts and QOS. Where one of
-- these is unknown there is also a row, whose subject is NULL.
CREATE VIEW job_figures AS
WITH kept AS (
  SELECT * FROM job_sums WHERE tau() = 10
  UNION ALL BY NAME
  SELECT * FROM job_sums_now WHERE tau() <> 10
), sums AS (
  SELECT
    run_id,
    subject_scope(grouping(user_name), grouping(queue), grouping(account), grouping(qos)) AS scope,
    coalesce(user_name, queue, account, qos) AS subject,
    sum(jobs) AS jobs,
    sum(jobs - submits) AS without_submit,
    sum(jobs - starts) AS without_start,
    sum(jobs - ends) AS without_end,
    sum(jobs - allocations) AS without_cores,
    coalesce(sum(jobs) FILTER (counted), 0) AS n,
    max(last_s) FILTER (counted) - min(first_s) FILTER (counted) AS makespan,
    sum(wait) FILTER (counted) AS wait,
    max(max_wait) FILTER (counted) AS max_wait,
    sum(run) FILTER (counted) AS run,
    sum(slowdown) FILTER (counted) AS slowdown,
    sum(slowdowns) FILTER (counted) AS slowdowns,
    sum(bounded_slowdown) FILTER (counted) AS bounded_slowdown,
    coalesce(sum(unheld) FILTER (counted), 0) AS unheld,
    CASE WHEN coalesce(sum(unheld) FILTER (counted), 0) = 0
      THEN sum(core_seconds) FILTER (counted) END AS core_seconds
  FROM kept
  GROUP BY GROUPING SETS (
    (run_id), (run_id, user_name), (run_id, queue), (run_id, account), (run_id, qos)
  )
), figures AS MATERIALIZED (
  SELECT
    run_id, scope, subject, jobs, without_submit, without_start, without_end, without_cores, n,
    unheld,
    makespan,
    wait / n AS mean_wait,
    max_wait,
    (wait + run) / n AS mean_turnaround,
    slowdown / nullif(slowdowns, 0) AS mean_slowdown,
    bounded_slowdown / n AS mean_bounded_slowdown,
    core_seconds,
    wait / nullif(core_seconds, 0) AS normalised_wait
  FROM sums
), entitled AS (
  SELECT figures.*, coalesce(share, 1) AS share
  FROM figures LEFT JOIN shares ON shares.run_id = figures.run_id AND shares.user_name = subject
  WHERE scope = 'user' AND subject IS NOT NULL AND n > 0
), fairness AS (
  SELECT
    run_id,
    'run' AS scope,
    count(*) AS users,
    -- Above 1 only by rounding (Cauchy-Schwarz).
    least(1, sum(mean_bounded_slowdown) ** 2 / (count(*) * sum(mean_bounded_slowdown ** 2)))
      AS jain,
    CASE WHEN sum(core_seconds) > 0 THEN
      least(1, sum(core_seconds / share) ** 2 / (count(*) * sum((core_seconds / share) ** 2)))
    END AS jain_core_seconds,
    avg(normalised_wait) AS mean_normalised_wait,
    stddev_pop(normalised_wait) AS deviation_normalised_wait
  FROM entitled
  GROUP BY run_id
)
SELECT
  figures.*,
  CASE WHEN makespan > 0 AND capacity_cores > 0
    THEN core_seconds / (capacity_cores * makespan) END AS utilisation,
  users,
  jain,
  jain_core_seconds,
  mean_normalised_wait,
  deviation_normalised_wait
FROM figures
JOIN runs USING (run_id)
LEFT JOIN fairness USING (run_id, scope);

-- What jobs asked of GPUs and memory, for as long as they ran.
CREATE VIEW resource_seconds AS
SELECT
  run_id,
  user_name,
  sum(requested_gpus * held_s) AS gpu_seconds,
  sum(requested_memory_mib * held_s) AS memory_mib_seconds
FROM job_times
WHERE counted AND (requested_gpus > 0 OR requested_memory_mib > 0)
GROUP BY run_id, user_name;

-- normalised_wait: sum of wait / sum of (cores x run). dominant_share: the largest of the shares of
-- core, GPU and memory seconds of the run's window that the user's jobs were given.
CREATE VIEW user_figures AS
WITH figures AS (
  SELECT * FROM job_figures
), whole AS (
  SELECT run_id, makespan AS run_makespan FROM figures WHERE scope = 'run'
)
SELECT
  figures.run_id,
  subject AS user_name,
  n,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  core_seconds,
  normalised_wait,
  p50_wait,
  p90_wait,
  p99_wait,
  p50_bounded_slowdown,
  p90_bounded_slowdown,
  p99_bounded_slowdown,
  area_weighted_response_time,
  area_weighted_bounded_slowdown,
  coalesce(share, 1) AS share,
  CASE WHEN run_makespan > 0 AND cores > 0 THEN greatest(
    core_seconds / cores, gpu_seconds / gpus, memory_mib_seconds / memory_mib
  ) / run_makespan END AS dominant_share
FROM figures
JOIN whole ON whole.run_id = figures.run_id
JOIN run_capacities ON run_capacities.run_id = figures.run_id
LEFT JOIN shares ON shares.run_id = figures.run_id AND shares.user_name IS NOT DISTINCT FROM subject
LEFT JOIN user_tails
  ON user_tails.run_id = figures.run_id AND user_tails.user_name IS NOT DISTINCT FROM subject
LEFT JOIN resource_seconds
  ON resource_seconds.run_id = figures.run_id
  AND resource_seconds.user_name IS NOT DISTINCT FROM subject
WHERE scope = 'user' AND n > 0;

-- One row for each queue, account and QOS of a run (scope says which).
CREATE VIEW group_figures AS
SELECT
  run_id,
  scope,
  subject,
  n,
  mean_wait,
  max_wait,
  mean_turnaround,
  mean_slowdown,
  mean_bounded_slowdown,
  core_seconds,
  normalised_wait,
  p50_wait,
  p90_wait,
  p99_wait,
  p50_bounded_slowdown,
  p90_bounded_slowdown,
  p99_bounded_slowdown,
  area_weighted_response_time,
  area_weighted_bounded_slowdown
FROM job_figures LEFT JOIN group_tails USING (run_id, scope, subject)
WHERE scope IN ('queue', 'account', 'qos') AND subject IS NOT NULL AND n > 0;

CREATE VIEW queue_figures AS
SELECT * EXCLUDE (scope) RENAME (subject AS queue) FROM group_figures WHERE scope = 'queue';

CREATE VIEW account_figures AS
SELECT * EXCLUDE (scope) RENAME (subject AS account) FROM group_figures WHERE scope = 'account';

CREATE VIEW qos_figures AS
SELECT * EXCLUDE (scope) RENAME (subject AS qos) FROM group_figures WHERE scope = 'qos';
