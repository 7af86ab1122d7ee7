-- The same jobs under simulated policies beside a run; sums of the jobs, kept when a run is loaded.

-- Why a run has no simulations; also NULL before anyone has tried.
ALTER TABLE runs ADD COLUMN unsimulated_reason VARCHAR;
-- The scheduler rounds time limits up to a multiple of this. NULL: it does not round them.
ALTER TABLE runs ADD COLUMN limit_resolution_s DOUBLE;
-- The only scheduler up to this version counts them in minutes.
UPDATE runs SET limit_resolution_s = 60 WHERE origin = 'live';

-- A run's jobs scheduled by a policy on one machine of as many equal cores.
CREATE TABLE simulations (
  run_id VARCHAR NOT NULL,
  policy VARCHAR NOT NULL,
  tie_rule VARCHAR NOT NULL,
  procs INTEGER NOT NULL
);

-- A job of a live or imported run beside its simulation. The fair start is the one in a schedule of the
-- policy where no later arrival exists; unfairness is max(0, start - fair start), of the job as it was
-- started (start_s) and as the policy starts it (simulated_start_s).
CREATE TABLE simulated_jobs (
  run_id VARCHAR NOT NULL,
  policy VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  start_s DOUBLE NOT NULL,
  simulated_start_s DOUBLE NOT NULL,
  -- start_s - simulated_start_s
  deviation_s DOUBLE NOT NULL,
  fair_start_s DOUBLE NOT NULL,
  unfairness_s DOUBLE NOT NULL,
  simulated_unfairness_s DOUBLE NOT NULL
);

-- Before this version, a view had this name.
DROP VIEW IF EXISTS job_sums;
-- What the view job_sums_now computes from a run: one row for each user and queue, not one for each
-- job.
CREATE TABLE job_sums (
  run_id VARCHAR,
  user_name VARCHAR,
  queue VARCHAR,
  counted BOOLEAN,
  jobs BIGINT,
  submits BIGINT,
  starts BIGINT,
  ends BIGINT,
  allocations BIGINT,
  slowdowns BIGINT,
  first_s DOUBLE,
  last_s DOUBLE,
  wait DOUBLE,
  max_wait DOUBLE,
  run DOUBLE,
  slowdown DOUBLE,
  bounded_slowdown DOUBLE,
  core_seconds DOUBLE
);
