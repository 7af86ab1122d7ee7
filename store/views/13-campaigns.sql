-- Campaigns: what became of every planned run.

-- One row for each planned run. A run counts for a plan by campaign, tuple and repeat, whatever position an
-- earlier plan gave it. run_id is the completed run's, else that of the last one that ended; NULL while
-- there is none. run_seconds are the host's, whatever clock the scheduler had.
CREATE VIEW campaign_run_states AS
WITH ended AS (
  SELECT
    campaign, tuple_hash, repeat,
    count(*) FILTER (status = 'completed') AS completed,
    count(*) FILTER (status = 'failed') AS failed,
    count(*) FILTER (status = 'interrupted') AS interrupted,
    arg_max(run_id, (status = 'completed', started_at, run_id)) AS run_id,
    arg_max(reason, (started_at, run_id)) FILTER (status <> 'completed') AS last_problem,
    arg_max(
      epoch(finished_at - started_at) / coalesce(clock_factor, 1), (started_at, run_id)
    ) FILTER (status = 'completed') AS run_seconds
  FROM runs
  WHERE campaign IS NOT NULL
  GROUP BY ALL
)
SELECT
  planned.campaign, planned.position, planned.tuple_hash, planned.repeat,
  tuples.label, tuples.stack, tuples.planned_seconds,
  coalesce(completed, 0)::INTEGER AS completed,
  coalesce(failed, 0)::INTEGER AS failed,
  coalesce(interrupted, 0)::INTEGER AS interrupted,
  run_id, last_problem, run_seconds
FROM campaign_runs AS planned
JOIN campaign_tuples AS tuples USING (campaign, tuple_hash)
LEFT JOIN ended USING (campaign, tuple_hash, repeat);
