-- Seconds of the scheduler's clock in a second of the host's. All times of a run are the scheduler's.
ALTER TABLE runs ADD COLUMN clock_factor DOUBLE;
UPDATE runs SET clock_factor = 1 WHERE origin = 'live';
