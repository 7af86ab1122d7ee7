import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { auditRun } from "../../../experiments/audit/audit";
import type { CheckName } from "../../../experiments/audit/names";
import type { AuditRecord } from "../../../store/audits";
import { migrate } from "../../../store/migrate";

const runId = "r";

/**
 * Four jobs on two nodes of 4 cores and a GPU: two beside each other, one over both nodes after them, one
 * refused. The first asks for a feature and a type of GPU, the third for two nodes. Everything is as it should be; the host is busy with the run alone.
 */
const sound = `
  INSERT INTO runs BY NAME SELECT 'r' AS run_id, 'live' AS origin, 'dev' AS experiment, 't' AS tuple_hash,
    'completed' AS status, 8 AS capacity_cores, 4 AS planned_jobs, 'lxc' AS domain, ['sleep'] AS bodies,
    '{"topology": {"nodes": {"features": ["fast", "ib"], "gpuType": "a100"}, "pools": {"fat": {}}}}' AS spec,
    60 AS limit_resolution_s, 'h' AS content_hash, 8 AS loaded_by_schema, now()::TIMESTAMP AS loaded_at;
  INSERT INTO nodes BY NAME FROM (VALUES
    ('r', 'controller', 'controller', 'controller', 1, 512, 0, 0.1, 0.2),
    ('r', 'node01', 'compute', 'nodes', 4, 1024, 1, -0.3, 0.1),
    ('r', 'node02', 'compute', 'nodes', 4, 1024, 1, 0.2, 0.4)
  ) AS t(run_id, node, role, pool, vcpus, memory_mib, gpus, clock_offset_ms, clock_offset_after_ms);
  INSERT INTO jobs BY NAME SELECT * EXCLUDE (cores), 'r' AS run_id, due_s + 0.01 AS submit_s, due_s + 0.05 AS accept_s,
    'wrapper' AS start_source, 0.001 AS start_resolution_ms,
    'wrapper' AS end_source, 0.001 AS end_resolution_ms, 0 AS requested_gpus, cores AS requested_cores,
    CASE job WHEN 3 THEN [1] END AS after_ok, CASE job WHEN 3 THEN [2] END AS after_any,
    CASE WHEN job < 3 THEN 7 END AS array_id, CASE WHEN job < 3 THEN 2 END AS array_limit
  FROM (VALUES
    (1, '101', 4, 120, 0, 1.2, 11.2, 10, ['node01'], 'completed', 4),
    (2, '102', 4, 60, 0, 1.3, 6.3, 5, ['node02'], 'completed', 4),
    (3, '103', 6, 90, 1, 11.5, 16.5, 5, ['node01', 'node02'], 'completed', 6),
    (4, NULL, 16, 60, 2, NULL, NULL, 5, NULL, 'rejected', NULL)
  ) AS t(job, scheduler_job, cores, limit_s, due_s, start_s, end_s, planned_run_s, nodes, state,
    allocated_cores);
  UPDATE jobs SET constraint_ = 'fast&ib', gpu_type = 'a100', requested_gpus = 1 WHERE job = 1;
  UPDATE jobs SET requested_nodes = 2 WHERE job = 3;
  INSERT INTO attempts BY NAME SELECT run_id, job, 1 AS attempt, scheduler_job, nodes, start_s, start_source,
    start_resolution_ms, end_s, end_source, end_resolution_ms, allocated_cores AS cores,
    CASE job WHEN 3 THEN [4, 2] ELSE [4] END AS node_cores
  FROM jobs WHERE start_s IS NOT NULL;
  INSERT INTO held_intervals SELECT run_id, job, 1, start_s, end_s FROM jobs WHERE start_s IS NOT NULL;
  INSERT INTO scheduler_jobs BY NAME SELECT run_id, job, scheduler_job, 'COMPLETED' AS state
  FROM jobs WHERE scheduler_job IS NOT NULL;
  INSERT INTO job_events SELECT run_id, job, 'eligible', floor(submit_s), 'scheduler', 1000 FROM jobs;
  INSERT INTO job_events SELECT run_id, job, 'start', start_s, 'wrapper', 0.001 FROM jobs WHERE start_s > 0;
  INSERT INTO job_events SELECT run_id, job, 'start', floor(start_s), 'scheduler', 1000 FROM jobs
  WHERE start_s > 0;
  INSERT INTO job_events SELECT run_id, job, 'end', end_s, 'wrapper', 0.001 FROM jobs WHERE end_s > 0;
  INSERT INTO job_events SELECT run_id, job, 'end', floor(end_s), 'scheduler', 1000 FROM jobs WHERE end_s > 0;
  INSERT INTO host_samples SELECT 'r', s, 0.4 * s, 1.6 * s, 0, 0.1 * s FROM range(0, 18) AS t(s);
  INSERT INTO samples BY NAME SELECT 'r' AS run_id, node, s AS at_s, 0.1 * s AS cpu_seconds
  FROM nodes, range(0, 18) AS t(s);
`;

/** A store in memory that holds the sound run. */
export async function soundStore(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await migrate(connection, "the store in memory");
  await connection.run(sound);
  return connection;
}

/** The audit of the run as this SQL changes it; the store is as before afterwards. */
export async function auditAfter(
  connection: DuckDBConnection,
  change: string,
): Promise<Map<CheckName, AuditRecord>> {
  await connection.run("BEGIN TRANSACTION");
  try {
    if (change !== "") await connection.run(change);
    const audit = await auditRun(connection, runId);
    return new Map(audit.map((record) => [record.check as CheckName, record]));
  } finally {
    await connection.run("ROLLBACK");
  }
}
