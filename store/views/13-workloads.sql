-- Definitions: docs/results.md. Which runs had the same jobs, and which had jobs of one source.

-- job_list is equal for the runs with exactly the same list of jobs; a list without jobs is NULL.
-- It is made by this DuckDB's hash, so compare it within one session. source is equal for the runs
-- whose jobs were drawn from one workload or log: it leaves out the numbers of the draw, which are
-- seed and resample. resample is 0 for the jobs as they are.
CREATE VIEW run_workloads AS
WITH lists AS (
  SELECT
    run_id,
    format('{:016x}', bit_xor(hash(
      job, planned_submit_s, user_name, queue, requested_cores, requested_gpus, requested_memory_mib,
      planned_run_s, limit_s, requested_nodes, gpu_type, constraint_, qos, account, priority,
      eligible_after_s, after_ok, after_any, array_id, array_limit, previous_job, think_s
    ))) AS job_list
  FROM jobs
  GROUP BY run_id
), specs AS (
  SELECT
    run_id,
    trace_hash,
    seed,
    spec -> '$.workload' AS workload
  FROM runs
)
SELECT
  run_id,
  CASE
    WHEN workload IS NULL THEN trace_hash
    ELSE md5(concat_ws(' ',
      json_merge_patch(workload, '{"seed": null, "resample": null}'),
      -- Of a model, the log is another one for each seed.
      CASE WHEN workload ->> '$.file' IS NOT NULL THEN trace_hash END
    ))
  END AS source,
  CASE WHEN workload IS NOT NULL THEN seed END AS seed,
  workload ->> '$.resample.method' AS resample_method,
  coalesce((workload ->> '$.resample.number')::BIGINT, 0) AS resample,
  job_list
FROM specs LEFT JOIN lists USING (run_id);
