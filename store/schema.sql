-- Version 1. Later versions are additive: migrations/NNN-name.sql, run in order. Times named *_s are
-- seconds since the run's started_at; NULL means unknown, never 0 or -1. Bulk tables have no index:
-- only store/ writes, and it replaces a run as a whole.

CREATE TABLE experiments (
  experiment VARCHAR NOT NULL,
  tuple_hash VARCHAR NOT NULL,
  scheduler_kind VARCHAR,
  policy VARCHAR,
  spec VARCHAR,
  PRIMARY KEY (experiment, tuple_hash)
);

CREATE TABLE runs (
  run_id VARCHAR PRIMARY KEY,
  -- live: measured on a cluster.
  origin VARCHAR NOT NULL,
  experiment VARCHAR NOT NULL,
  tuple_hash VARCHAR NOT NULL,
  repeat INTEGER,
  status VARCHAR NOT NULL,
  reason VARCHAR,
  -- UTC
  started_at TIMESTAMP,
  finished_at TIMESTAMP,
  capacity_cores INTEGER,
  planned_jobs INTEGER,
  failed_jobs INTEGER,
  harness_limited BOOLEAN,
  harness_explanation VARCHAR,
  spec VARCHAR,
  config_hash VARCHAR,
  image_role VARCHAR,
  image_key VARCHAR,
  trace_hash VARCHAR,
  trace_name VARCHAR,
  code_hash VARCHAR,
  code_dirty BOOLEAN,
  seed BIGINT,
  domain VARCHAR,
  hypervisor_uri VARCHAR,
  overcommit_cores DOUBLE,
  overcommit_memory DOUBLE,
  network_scale DOUBLE,
  scheduler_kind VARCHAR,
  scheduler_version VARCHAR,
  policy VARCHAR,
  node_kernel VARCHAR,
  host_kernel VARCHAR,
  host_cpu_model VARCHAR,
  host_cores INTEGER,
  host_load_before DOUBLE,
  host_load_after DOUBLE,
  harness_version VARCHAR,
  bodies VARCHAR[],
  -- sha256 of the run directory's files, and the schema that computed the metrics: both equal means
  -- that loading again would change nothing.
  content_hash VARCHAR NOT NULL,
  loaded_by_schema INTEGER NOT NULL,
  loaded_at TIMESTAMP NOT NULL
);

CREATE TABLE nodes (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  pool VARCHAR,
  partitions VARCHAR[],
  address VARCHAR,
  vcpus INTEGER,
  memory_mib BIGINT,
  gpus INTEGER,
  kernel VARCHAR,
  cpu_model VARCHAR,
  clock_offset_ms DOUBLE,
  bandwidth_mbps DOUBLE,
  latency_us DOUBLE,
  bandwidth_applied BOOLEAN,
  latency_applied BOOLEAN,
  link_reason VARCHAR
);

CREATE TABLE jobs (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  scheduler_job VARCHAR,
  user_name VARCHAR,
  queue VARCHAR,
  requested_cores INTEGER,
  requested_gpus INTEGER,
  requested_memory_mib DOUBLE,
  planned_submit_s DOUBLE,
  planned_run_s DOUBLE,
  limit_s DOUBLE,
  trace_job BIGINT,
  -- When the schedule wanted it submitted; when the submit call was issued; when it had returned.
  due_s DOUBLE,
  submit_s DOUBLE,
  accept_s DOUBLE,
  start_s DOUBLE,
  start_source VARCHAR,
  start_resolution_ms DOUBLE,
  end_s DOUBLE,
  end_source VARCHAR,
  end_resolution_ms DOUBLE,
  allocated_cores INTEGER,
  nodes VARCHAR[],
  state VARCHAR,
  detail VARCHAR,
  exit_code INTEGER
);

-- Every moment as each source saw it; jobs holds the best of them.
CREATE TABLE job_events (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  event VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  source VARCHAR NOT NULL,
  resolution_ms DOUBLE NOT NULL
);

CREATE TABLE samples (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  -- Cumulative since the node booted.
  cpu_seconds DOUBLE NOT NULL,
  memory_bytes DOUBLE,
  load DOUBLE
);

-- scope is run, user or queue; subject names the user or queue. value is NULL where reason says why.
CREATE TABLE metrics (
  run_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  scope VARCHAR NOT NULL,
  subject VARCHAR,
  value DOUBLE,
  unit VARCHAR NOT NULL,
  definition VARCHAR NOT NULL,
  reason VARCHAR
);
