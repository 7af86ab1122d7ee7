-- Definitions: docs/metrics.md. What the scheduler costs and how fast it answers.

-- From acceptance to start, for the jobs that found the cluster empty: all jobs accepted earlier had
-- ended.
CREATE VIEW empty_cluster_figures AS
WITH accepted AS (
  SELECT
    run_id,
    submit_s,
    accept_s,
    start_s,
    coalesce(max(coalesce(end_s, 'infinity'::DOUBLE)) OVER (
      PARTITION BY run_id ORDER BY submit_s, job ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), '-infinity'::DOUBLE) AS others_end_s
  FROM jobs
  WHERE accept_s IS NOT NULL AND state <> 'rejected'
)
SELECT
  run_id,
  count(*) AS empty_starts,
  avg(greatest(0, start_s - accept_s)) AS mean_empty_start
FROM accepted
WHERE start_s IS NOT NULL AND others_end_s <= submit_s
GROUP BY run_id;

-- The cost of each daemon, summed over its nodes. Peaks on several nodes need not coincide.
CREATE VIEW daemon_figures AS
SELECT
  run_id,
  daemon,
  count(*) AS nodes,
  sum(cpu_seconds) AS cpu_seconds,
  sum(peak_memory_bytes) AS peak_memory_bytes
FROM daemons
GROUP BY run_id, daemon;

-- The submit calls, whatever became of the job.
CREATE VIEW submit_figures AS
SELECT
  run_id,
  avg(accept_s - submit_s) AS mean_submit_call,
  max(accept_s - submit_s) AS max_submit_call
FROM jobs
WHERE accept_s IS NOT NULL
GROUP BY run_id;
