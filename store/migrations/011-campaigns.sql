-- Campaigns: which run of which plan a run is, and the plan as it was last driven.

-- NULL for a run that no campaign planned. In a campaign's run, tuple_hash is that of the plan, and repeat
-- counts the plan's repeats.
ALTER TABLE runs ADD COLUMN campaign VARCHAR;
ALTER TABLE runs ADD COLUMN campaign_position INTEGER;

CREATE TABLE campaigns (
  campaign VARCHAR PRIMARY KEY,
  repeats INTEGER NOT NULL,
  -- Of the random order of the runs.
  order_seed BIGINT NOT NULL,
  -- How far that order was kept, in words.
  order_kept VARCHAR NOT NULL,
  clusters_at_once INTEGER NOT NULL,
  -- How often a failed run is tried again.
  retry_failed INTEGER NOT NULL,
  -- UTC
  planned_at TIMESTAMP NOT NULL
);

-- Every stack that the campaign has ever planned. Those of a former plan stay here, so that what they left
-- can be taken down by its exact name.
CREATE TABLE campaign_clusters (
  campaign VARCHAR NOT NULL,
  stack VARCHAR NOT NULL,
  -- Of a former plan: false.
  planned BOOLEAN NOT NULL
);

CREATE TABLE campaign_tuples (
  campaign VARCHAR NOT NULL,
  tuple_hash VARCHAR NOT NULL,
  -- In the order of the plan, from 1.
  place INTEGER NOT NULL,
  stack VARCHAR NOT NULL,
  label VARCHAR NOT NULL,
  -- Axis to value, both text, as JSON.
  axes VARCHAR NOT NULL,
  -- From the start of the replay to the last end, by the jobs alone.
  planned_seconds DOUBLE NOT NULL
);

CREATE TABLE campaign_runs (
  campaign VARCHAR NOT NULL,
  tuple_hash VARCHAR NOT NULL,
  repeat INTEGER NOT NULL,
  -- From 1, in the random order.
  position INTEGER NOT NULL
);
