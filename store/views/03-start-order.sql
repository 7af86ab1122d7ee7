-- Definitions: docs/metrics.md. In which order jobs started, and how long they waited once they could.

-- When a job could start: as its scheduler recorded it, else as it was asked for or a log says. Of jobs of
-- which nothing says it, no row.
CREATE VIEW eligible_moments AS
WITH recorded AS (
  SELECT run_id, job, min(at_s) AS recorded_s FROM job_events WHERE event = 'eligible' GROUP BY run_id, job
)
SELECT
  run_id, job,
  -- Instants are whole microseconds, sums of doubles are not quite.
  coalesce(recorded_s, round(submit_s + eligible_after_s, 6)) AS told_s,
  recorded_s IS NOT NULL AS recorded
FROM jobs LEFT JOIN recorded USING (run_id, job)
WHERE recorded_s IS NOT NULL OR eligible_after_s IS NOT NULL;

-- Waits from then on, of a run (subject is NULL) and of each of its users, queues, accounts and QOS. Where
-- one of these is unknown there is also a row, whose subject is NULL. A moment in whole seconds may be
-- before the submission, which then counts.
CREATE VIEW eligible_wait_figures AS
WITH waits AS (
  SELECT
    run_id, user_name, queue, account, qos,
    least(wait_s, greatest(0, start_s - told_s)) AS wait_s
  FROM eligible_moments JOIN job_times USING (run_id, job) WHERE counted
)
SELECT
  run_id,
  subject_scope(grouping(user_name), grouping(queue), grouping(account), grouping(qos)) AS scope,
  coalesce(user_name, queue, account, qos) AS subject,
  avg(wait_s) AS mean_eligible_wait,
  max(wait_s) AS max_eligible_wait,
  quantile_cont(wait_s, [0.5, 0.9, 0.99])[1] AS p50_eligible_wait,
  quantile_cont(wait_s, [0.5, 0.9, 0.99])[2] AS p90_eligible_wait,
  quantile_cont(wait_s, [0.5, 0.9, 0.99])[3] AS p99_eligible_wait
FROM waits
GROUP BY GROUPING SETS (
  (run_id), (run_id, user_name), (run_id, queue), (run_id, account), (run_id, qos)
);

-- Jobs that started while an earlier job of their queue waited, which had been eligible before them and
-- went on waiting for at least a second: they were backfilled, or preferred. A job that was requeued has
-- started when it first did; one that never started waited until its end, except for one that waited for
-- other jobs and never became eligible, which nobody overtook. sure leaves out what the resolution of the
-- starts leaves open, possible takes it in.
CREATE VIEW start_order_figures AS
WITH first_starts AS (
  SELECT run_id, job, start_s AS first_start_s FROM attempts WHERE attempt = 1
), moments AS (
  SELECT
    jobs.run_id,
    queue,
    coalesce(greatest(submit_s, told_s), submit_s) AS eligible_s,
    coalesce(first_start_s, start_s) AS begin_s,
    coalesce(first_start_s, start_s, end_s) AS until_s
  FROM jobs
  LEFT JOIN eligible_moments USING (run_id, job)
  LEFT JOIN first_starts USING (run_id, job)
  WHERE submit_s IS NOT NULL
    AND (coalesce(first_start_s, start_s) IS NOT NULL OR coalesce(recorded, false)
      OR (after_ok IS NULL AND after_any IS NULL))
), ordered AS (
  -- Of jobs that were eligible at one instant, none that stands before another waits longer: they do not
  -- overtake each other.
  SELECT
    run_id, begin_s,
    -- Instants are whole microseconds, their differences are not quite.
    round(max(until_s) OVER (
      PARTITION BY run_id, queue ORDER BY eligible_s, until_s
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) - begin_s, 6) AS overtaken_s
  FROM moments
  WHERE until_s IS NOT NULL
), resolutions AS (
  SELECT run_id, max(coalesce(start_resolution_ms, 0)) / 1000 AS within_s FROM jobs GROUP BY run_id
)
SELECT
  run_id,
  count(*) AS started,
  count(*) FILTER (overtaken_s >= 1 + within_s) / count(*) AS sure,
  count(*) FILTER (overtaken_s >= 1 OR overtaken_s > greatest(0, 1 - within_s)) / count(*)
    AS possible
FROM ordered JOIN resolutions USING (run_id)
WHERE begin_s IS NOT NULL
GROUP BY run_id;
