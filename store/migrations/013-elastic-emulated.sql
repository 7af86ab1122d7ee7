-- Elastic pools: what befell each node, and what the policy decided. Times are seconds since the run's
-- started_at. The supply itself is in supply_steps.
CREATE TABLE node_events (
  run_id VARCHAR NOT NULL,
  node VARCHAR NOT NULL,
  -- join-decided, started, schedulable, leave-decided, draining, drained, left, given-up, lost
  event VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  source VARCHAR NOT NULL,
  resolution_ms DOUBLE NOT NULL,
  detail VARCHAR
);

CREATE TABLE scaling_decisions (
  run_id VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  pool VARCHAR NOT NULL,
  -- The change of queue or nodes that the decision answers.
  cause_s DOUBLE NOT NULL,
  policy VARCHAR NOT NULL,
  queued_cores INTEGER NOT NULL,
  running_cores INTEGER NOT NULL,
  schedulable_cores INTEGER NOT NULL,
  joining_cores INTEGER NOT NULL,
  joined VARCHAR[] NOT NULL,
  left_nodes VARCHAR[] NOT NULL
);

-- The domain that an emulated node is on; NULL for a node of its own. A domain of emulated nodes has the
-- role host.
ALTER TABLE nodes ADD COLUMN emulated_on VARCHAR;
