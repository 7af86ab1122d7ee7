-- Definitions: docs/results.md. When things happened, as timestamps in UTC.

-- The moment, by the host's clock, that lies so many seconds of the run after its start. The seconds are
-- those of the scheduler's clock, of which an accelerated one has clock_factor in each second of the host.
-- NULL where the start is not known, as for a log whose header does not say it.
CREATE MACRO moment(started_at, seconds, clock_factor) AS
  make_timestamp(
    epoch_us(started_at) + round(seconds * 1000000 / coalesce(clock_factor, 1))::BIGINT);

-- Every column of job_times, with its moments.
CREATE VIEW job_times_absolute AS
SELECT
  job_times.*,
  moment(started_at, due_s, clock_factor) AS due_at,
  moment(started_at, submit_s, clock_factor) AS submit_at,
  moment(started_at, accept_s, clock_factor) AS accept_at,
  moment(started_at, start_s, clock_factor) AS start_at,
  moment(started_at, end_s, clock_factor) AS end_at
FROM job_times JOIN runs USING (run_id);

CREATE VIEW job_events_absolute AS
SELECT job_events.*, moment(started_at, at_s, clock_factor) AS at_time
FROM job_events JOIN runs USING (run_id);

CREATE VIEW samples_absolute AS
SELECT samples.*, moment(started_at, at_s, clock_factor) AS at_time
FROM samples JOIN runs USING (run_id);
