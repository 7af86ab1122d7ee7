-- What a job asked for beside cores, memory, GPUs, partition and time limit. NULL: nothing of the kind.
ALTER TABLE jobs ADD COLUMN requested_nodes INTEGER;
ALTER TABLE jobs ADD COLUMN gpu_type VARCHAR;
-- Features that all of its nodes have, with & between them.
ALTER TABLE jobs ADD COLUMN constraint_ VARCHAR;
ALTER TABLE jobs ADD COLUMN qos VARCHAR;
ALTER TABLE jobs ADD COLUMN account VARCHAR;
-- From 1 to 16; higher goes first, and 16 is that of a job without one.
ALTER TABLE jobs ADD COLUMN priority INTEGER;
-- It may not start before so many seconds after its submission.
ALTER TABLE jobs ADD COLUMN eligible_after_s DOUBLE;
