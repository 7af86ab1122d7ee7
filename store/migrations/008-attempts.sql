-- What a job held, attempt by attempt, what the scheduler's own accounting says, and the audit of a run.

-- One start of a job. A job that was requeued has several, and so has one that the scheduler had twice.
CREATE TABLE attempts (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  -- From 1, in the order of the starts.
  attempt INTEGER NOT NULL,
  scheduler_job VARCHAR,
  nodes VARCHAR[],
  -- Cores on each of `nodes`; NULL where the scheduler does not say how they are spread.
  node_cores INTEGER[],
  cores INTEGER,
  start_s DOUBLE,
  start_source VARCHAR,
  start_resolution_ms DOUBLE,
  -- NULL: the end is not known.
  end_s DOUBLE,
  end_source VARCHAR,
  end_resolution_ms DOUBLE
);

-- The time in which an attempt held its resources; a time of suspension is in none of them.
CREATE TABLE held_intervals (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  from_s DOUBLE NOT NULL,
  to_s DOUBLE NOT NULL
);

-- Every job of the run that the scheduler's own accounting knows at the run's end.
CREATE TABLE scheduler_jobs (
  run_id VARCHAR NOT NULL,
  -- The planned job it was submitted for.
  job INTEGER NOT NULL,
  scheduler_job VARCHAR NOT NULL,
  -- The identity that the harness gave the submission.
  submission VARCHAR,
  state VARCHAR NOT NULL,
  submit_s DOUBLE,
  start_s DOUBLE,
  end_s DOUBLE
);

-- The source of the moment of the submission, and its resolution.
ALTER TABLE jobs ADD COLUMN submit_source VARCHAR;
ALTER TABLE jobs ADD COLUMN submit_resolution_ms DOUBLE;
-- How long a job held its resources, in all of its attempts and in the last one, where that is not simply
-- from start_s to end_s: held_known is NULL there, and false where the end of an attempt is not known.
ALTER TABLE jobs ADD COLUMN all_held_s DOUBLE;
ALTER TABLE jobs ADD COLUMN last_held_s DOUBLE;
ALTER TABLE jobs ADD COLUMN held_known BOOLEAN;
-- Until now it was always the submitter's.
UPDATE jobs SET submit_source = 'harness', submit_resolution_ms = 0.001
FROM runs
WHERE runs.run_id = jobs.run_id AND runs.origin = 'live' AND jobs.submit_s IS NOT NULL;

-- One check of a run; docs/audit.md. verdict: passed, noted, failed, unknown. figure is NULL where the
-- check is unknown. A run without a row has not been audited.
CREATE TABLE audits (
  run_id VARCHAR NOT NULL,
  check_name VARCHAR NOT NULL,
  verdict VARCHAR NOT NULL,
  figure DOUBLE,
  limit_value DOUBLE,
  unit VARCHAR,
  explanation VARCHAR NOT NULL,
  -- Names of the run's metrics that are in doubt when the check does not pass.
  touches VARCHAR[] NOT NULL
);

-- Lines of the run directory that held no record and were left out, and the first of them, such as
-- `events.jsonl:7`; NULL for a run loaded before they were counted.
ALTER TABLE runs ADD COLUMN bad_records INTEGER;
ALTER TABLE runs ADD COLUMN bad_places VARCHAR[];
-- Sizes and times of the run directory's files when it was loaded; if they differ, it has changed.
ALTER TABLE runs ADD COLUMN directory_state VARCHAR;

-- Number of jobs for which it is not known how long they held their resources.
ALTER TABLE job_sums ADD COLUMN unheld BIGINT;
-- The host's CPU time, cumulative since it booted, as the harness read it during the run.
CREATE TABLE host_samples (
  run_id VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  busy_s DOUBLE NOT NULL,
  idle_s DOUBLE NOT NULL,
  -- What the hypervisor below the host kept from it.
  steal_s DOUBLE NOT NULL,
  -- CPU time of the harness itself, part of busy_s.
  harness_s DOUBLE NOT NULL
);

-- clock_offset_ms is measured before the replay, this one after the last job's end.
ALTER TABLE nodes ADD COLUMN clock_offset_after_ms DOUBLE;
