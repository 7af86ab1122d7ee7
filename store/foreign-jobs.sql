-- Jobs of the temporary table log_jobs; $origin is the first submission, in seconds since 1970. Times of a
-- log are whole microseconds at the finest.
INSERT INTO jobs BY NAME
SELECT
  $run AS run_id,
  (place + 1)::INTEGER AS job,
  -- A cast alone takes 12_3 for 123.
  CASE WHEN regexp_full_match(log_jobs.job, '[0-9]+') THEN try_cast(log_jobs.job AS BIGINT) END AS trace_job,
  -- A plain number is in trace_job.
  CASE WHEN label <> log_jobs.job OR trace_job IS NULL
    THEN coalesce(label, log_jobs.job) END AS scheduler_job,
  "user" AS user_name,
  "partition" AS queue,
  requested_cores,
  gpus AS requested_gpus,
  memory_mib AS requested_memory_mib,
  round(submit - $origin, 6) AS planned_submit_s,
  coalesce(round("end" - start, 6), run_s) AS planned_run_s,
  limit_s,
  round(submit - $origin, 6) AS submit_s,
  round(start - $origin, 6) AS start_s,
  CASE WHEN start IS NOT NULL THEN round("end" - $origin, 6) END AS end_s,
  CASE WHEN start IS NOT NULL THEN nullif(allocated_cores, 0) END AS allocated_cores,
  list_of_nodes AS nodes,
  CASE WHEN state NOT IN ('running', 'waiting', 'requeued') THEN state END AS state,
  account,
  qos,
  nodes AS requested_nodes,
  gpu_type,
  round(eligible - submit, 6) AS eligible_after_s,
  "constraint" AS constraint_,
  array_id,
  array_task,
  array_limit
FROM log_jobs
LEFT JOIN log_node_lists USING (node_list)
LEFT JOIN log_arrays USING ("array");
