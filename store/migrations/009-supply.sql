-- Cores that could be scheduled on, from at_s on, for a run whose supply can change while it lasts; the
-- first row applies from the start. A run on a fixed cluster has none: its supply is its capacity
-- throughout.
CREATE TABLE supply_steps (
  run_id VARCHAR NOT NULL,
  at_s DOUBLE NOT NULL,
  cores INTEGER NOT NULL
);
