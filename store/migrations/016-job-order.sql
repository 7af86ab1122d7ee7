-- What a job waited for. Numbers are those of the run's jobs.
-- Jobs that had to complete, and jobs that had to end in any way, before it could start.
ALTER TABLE jobs ADD COLUMN after_ok INTEGER[];
ALTER TABLE jobs ADD COLUMN after_any INTEGER[];
-- Its place in an array of jobs, and how many of them could be in the scheduler at once.
ALTER TABLE jobs ADD COLUMN array_id INTEGER;
ALTER TABLE jobs ADD COLUMN array_task INTEGER;
ALTER TABLE jobs ADD COLUMN array_limit INTEGER;
-- In a closed loop it was due so many seconds after the end of that job.
ALTER TABLE jobs ADD COLUMN previous_job INTEGER;
ALTER TABLE jobs ADD COLUMN think_s DOUBLE;
