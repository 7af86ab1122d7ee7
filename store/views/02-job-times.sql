-- Definitions: docs/metrics.md. Jobs with their derived times, the window and the size of a run.

-- Jobs with their derived times. In a live run, start_s is the start of the last attempt, and run_s is
-- the time for which that attempt held its cores: a suspended job does not run. In a log, a job that
-- was preempted starts with its first execution, and run_s is the time of all executions. held_s is the
-- time of all attempts. Turnaround is the whole time until the end. A job counts when its wait, run and
-- allocation are known. A wait that is below 0 by less than the clocks can tell (resolution of the
-- start, offset of the nodes) is taken as 0.
CREATE VIEW job_times AS
WITH clocks AS (
  -- Offsets are the host's; everything else counts in the seconds of the scheduler's clock.
  SELECT run_id, max(abs(clock_offset_ms) * coalesce(clock_factor, 1)) / 1000 AS offset_s
  FROM nodes JOIN runs USING (run_id) GROUP BY run_id
), spans AS (
  SELECT
    jobs.* EXCLUDE (all_held_s, last_held_s, held_known),
    start_s - submit_s AS raw_wait_s,
    end_s - start_s AS span_s,
    coalesce(last_held_s, end_s - start_s) AS run_s,
    CASE WHEN held_known THEN all_held_s WHEN held_known IS NULL THEN end_s - start_s END AS held_s,
    -- Whole seconds come from a clock that a kernel moves on once a tick, of 10 ms at most.
    coalesce(start_resolution_ms, 0) / 1000 + CASE WHEN start_resolution_ms >= 1000 THEN 0.01 ELSE 0 END
      + coalesce(offset_s, 0) AS tolerance_s
  FROM jobs LEFT JOIN clocks USING (run_id)
), known AS (
  SELECT
    *,
    -- Instants are whole microseconds; a difference of doubles may be off by half of one.
    CASE WHEN raw_wait_s >= 0 THEN raw_wait_s WHEN raw_wait_s >= -tolerance_s - 5e-7 THEN 0 END
      AS wait_s
  FROM spans
)
-- Without a NULL, greatest(1, turnaround / greatest(run, tau)) gives the same and takes longer.
SELECT
  * EXCLUDE (raw_wait_s, tolerance_s),
  wait_s + span_s AS turnaround_s,
  CASE WHEN run_s >= 0 THEN (wait_s + span_s) / nullif(run_s, 0) END AS slowdown,
  CASE
    WHEN run_s >= tau() THEN (wait_s + span_s) / run_s
    WHEN run_s >= 0 AND wait_s + span_s > tau() THEN (wait_s + span_s) / tau()
    WHEN run_s >= 0 AND wait_s IS NOT NULL THEN 1
  END AS bounded_slowdown,
  coalesce(wait_s >= 0 AND span_s >= 0 AND allocated_cores > 0, false) AS counted
FROM known;

-- The intervals in which counted jobs held their cores: one from start to end where no attempts are
-- recorded, as in a log.
CREATE VIEW held_stretches AS
SELECT
  times.run_id,
  times.job,
  allocated_cores AS cores,
  coalesce(requested_cores, allocated_cores) AS wanted,
  greatest(submit_s, coalesce(from_s, start_s)) AS from_s,
  greatest(submit_s, coalesce(from_s, start_s), coalesce(to_s, end_s)) AS to_s
FROM job_times AS times LEFT JOIN held_intervals USING (run_id, job)
WHERE counted;

-- The window of a run: first submit to last end of the counted jobs. The steady part leaves out the
-- warm-up (the first tenth of the submission period) and the drain (everything after the last submit).
CREATE VIEW run_windows AS
SELECT
  run_id,
  min(submit_s) AS first_s,
  max(end_s) AS last_s,
  min(submit_s) + 0.1 * (max(submit_s) - min(submit_s)) AS steady_from_s,
  max(submit_s) AS steady_to_s
FROM job_times
WHERE counted
GROUP BY run_id;

-- What jobs can have of a node's memory: the rule of spec/allocation.ts.
CREATE MACRO jobs_memory(memory_mib) AS floor(memory_mib * 7 / 8);

-- Cores, GPUs and memory that jobs could use.
CREATE VIEW run_capacities AS
WITH compute AS (
  SELECT run_id, sum(gpus) AS gpus, sum(jobs_memory(memory_mib)) AS memory_mib
  FROM nodes WHERE role = 'compute' GROUP BY run_id
)
SELECT run_id, capacity_cores AS cores, nullif(gpus, 0) AS gpus, memory_mib
FROM runs LEFT JOIN compute USING (run_id);

-- The sources of the times.
CREATE VIEW time_sources AS
SELECT
  run_id,
  string_agg(DISTINCT start_source, ', ' ORDER BY start_source) AS start_sources,
  string_agg(DISTINCT end_source, ', ' ORDER BY end_source) AS end_sources
FROM job_times
WHERE counted AND (start_source IS NOT NULL OR end_source IS NOT NULL)
GROUP BY run_id;
