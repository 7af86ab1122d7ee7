-- What the scheduler itself said during a run, and what its nodes had free.

-- When the scheduler expected a waiting job to start, each time that it was asked.
CREATE TABLE start_estimates (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  -- When it was asked.
  seen_s DOUBLE NOT NULL,
  -- When the job was to start.
  estimate_s DOUBLE NOT NULL,
  -- How fine the estimate is.
  resolution_ms DOUBLE NOT NULL
);

-- The scheduler's own counters; the unit is the end of the name, as in bf_last_cycle_us.
CREATE TABLE scheduler_internals (
  run_id VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  name VARCHAR NOT NULL,
  value DOUBLE NOT NULL
);

-- What the view node_free_now computes when a run is loaded: cores, memory and GPUs of a node that no job
-- held from at_s until until_s, between the first submit and the last end.
CREATE TABLE node_free (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  until_s DOUBLE NOT NULL,
  cores INTEGER NOT NULL,
  memory_mib DOUBLE NOT NULL,
  gpus INTEGER NOT NULL
);

-- What the view placement_figures_now computes of it; reason says why all of a run's figures are NULL.
CREATE TABLE placement_figures (
  run_id VARCHAR NOT NULL,
  mean_gpu_fragmentation DOUBLE,
  gpu_fragmentation_rate DOUBLE,
  gpu_task_fragmentation_rate DOUBLE,
  mean_largest_fit_cores DOUBLE,
  mean_largest_fit_gpus DOUBLE,
  mean_largest_node_fit_cores DOUBLE,
  mean_largest_node_fit_gpus DOUBLE,
  reason VARCHAR
);

-- Sums are kept for each account and QOS as well.
ALTER TABLE job_sums ADD COLUMN account VARCHAR;
ALTER TABLE job_sums ADD COLUMN qos VARCHAR;
