-- Results of MPI benchmark jobs.

CREATE TABLE benchmarks (
  run_id VARCHAR NOT NULL,
  job INTEGER NOT NULL,
  program VARCHAR NOT NULL,
  ranks INTEGER NOT NULL,
  -- Order of HPL's matrix, or the side of HPCG's local grid.
  n INTEGER NOT NULL,
  nb INTEGER,
  p INTEGER,
  q INTEGER,
  -- Of the timed part alone.
  seconds DOUBLE,
  gflops DOUBLE,
  residual DOUBLE,
  passed BOOLEAN NOT NULL,
  -- Why it did not pass.
  reason VARCHAR,
  efficiency DOUBLE,
  -- Why efficiency is NULL.
  efficiency_reason VARCHAR
);
