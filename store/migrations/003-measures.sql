-- Scheduler cost and entitled shares.

-- What the scheduler's own daemons cost between the first submission and the last end.
CREATE TABLE daemons (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  daemon VARCHAR NOT NULL,
  cpu_seconds DOUBLE NOT NULL,
  peak_memory_bytes DOUBLE NOT NULL
);

-- What the policy entitles users to, relative to each other. A user without a row has 1.
CREATE TABLE shares (
  run_id VARCHAR NOT NULL,
  user_name VARCHAR NOT NULL,
  share DOUBLE NOT NULL
);
