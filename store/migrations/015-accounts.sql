-- What a job was charged to, and the quality of service that it asked for. NULL where the log or the
-- workload does not say.
ALTER TABLE jobs ADD COLUMN account VARCHAR;
ALTER TABLE jobs ADD COLUMN qos VARCHAR;
