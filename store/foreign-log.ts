import { readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LoadedLog } from "../workloads/logs/load";
import type { ForeignLog } from "../workloads/logs/reading";
import { insertHeld } from "./log-executions";

const jobsSql = readFileSync(path.join(__dirname, "foreign-jobs.sql"), "utf8");
/** MiB for reading: DuckDB's two threads hold a block of the file each, beside the rows. */
const readingMemory = 768;

/** Reads a log into temporary tables of the store's connection. Throws LogError, Failure. */
export async function readForeign(
  connection: DuckDBConnection,
  log: ForeignLog,
): Promise<LoadedLog> {
  await connection.run(`SET memory_limit = '${readingMemory}MiB'`);
  return log.load(connection, true);
}

/** Moves what was read into the tables of jobs and attempts, and forgets it. */
export async function insertForeign(
  connection: DuckDBConnection,
  runId: string,
  { origin, merged, withNodes, withArrays }: LoadedLog,
): Promise<void> {
  // In the order of appearance, so that the same log gives the same numbers.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE log_arrays AS
     SELECT "array", (row_number() OVER (ORDER BY min(place)))::INTEGER AS array_id
     FROM log_jobs WHERE ${withArrays} AND "array" IS NOT NULL GROUP BY "array"`,
  );
  // Most jobs share a list with others.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE log_node_lists AS
     SELECT node_list, log_nodes(node_list) AS list_of_nodes
     FROM (SELECT DISTINCT node_list FROM log_jobs WHERE ${withNodes} AND node_list IS NOT NULL)`,
  );
  await connection.run(jobsSql, { run: runId, origin });
  if (merged) {
    await connection.run(insertAttempts, { run: runId, origin });
    await connection.run(insertHeld, [runId]);
    await connection.run(setHeld, [runId]);
  }
  for (const table of ["log_arrays", "log_node_lists", "log_attempts"]) {
    await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
  }
  await connection.run(merged ? "DROP TABLE temp.log_jobs" : "DROP VIEW temp.log_jobs");
  await connection.run("DROP TABLE temp.log_rows");
  await connection.run("RESET TimeZone");
}

const insertAttempts = `
  INSERT INTO attempts BY NAME
  SELECT
    $run AS run_id,
    (log_jobs.place + 1)::INTEGER AS job,
    attempt::INTEGER AS attempt,
    list_of_nodes AS nodes,
    log_attempts.allocated_cores AS cores,
    round(log_attempts.start - $origin, 6) AS start_s,
    round(log_attempts."end" - $origin, 6) AS end_s
  FROM log_attempts
  JOIN log_jobs ON log_jobs.first_row = log_attempts.job_place
  LEFT JOIN log_node_lists ON log_node_lists.node_list = log_attempts.node_list
  WHERE NOT twice AND log_attempts.start IS NOT NULL`;

/** Start and end are the last attempt's, as in a live run. */
const setHeld = `
  UPDATE jobs SET all_held_s = spans.held_s, last_held_s = spans.last_s, held_known = true
  FROM (
    SELECT job, sum(to_s - from_s) AS held_s, arg_max(to_s - from_s, attempt) AS last_s
    FROM held_intervals WHERE run_id = $1 GROUP BY job
  ) AS spans
  WHERE jobs.run_id = $1 AND jobs.job = spans.job`;
