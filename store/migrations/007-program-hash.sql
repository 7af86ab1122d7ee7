-- SHA-256 of a program of the user's that the workload ran; NULL without one, and in older runs.
ALTER TABLE runs ADD COLUMN program_hash VARCHAR;
