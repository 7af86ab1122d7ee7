import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBDoubleVector,
} from "@duckdb/node-api";
import type { Reporter } from "../base/reporter";
import { exactSum } from "../workloads/decimal";
import type { SwfNumbers } from "../workloads/swf/batch";
import type { SwfReading } from "../workloads/swf/read";
import { type SwfField, swfFields } from "../workloads/swf/record";
import { LogExecutions } from "./log-executions";

/** How many rows of the log are in the staging table at once. */
const stagedRows = 65_536;
const rowsBetweenReports = 1_000_000;

/**
 * Streams the jobs of a log through a staging table of doubles, which takes a batch without
 * conversion; their partial executions become attempts.
 */
export async function insertJobs(
  connection: DuckDBConnection,
  reading: SwfReading,
  runId: string,
  report: Reporter | undefined,
): Promise<void> {
  let [moved, waiting, nextReport] = [0, 0, rowsBetweenReports];
  const executions = new LogExecutions(connection);
  let appender = await stage(connection);
  let open = true;
  const move = async () => {
    appender.closeSync();
    open = false;
    await connection.run(moveRows, [runId, moved]);
    moved += waiting;
    waiting = 0;
  };
  try {
    for await (const batch of reading.numbers()) {
      const jobs = batch.jobNumbers();
      if (jobs.rows > 0) append(appender, jobs);
      waiting += jobs.rows;
      await executions.take(batch);
      if (waiting < stagedRows) continue;
      await move();
      appender = await stage(connection);
      open = true;
      if (moved < nextReport) continue;
      report?.(`${reading.name}: ${moved} jobs`);
      nextReport += rowsBetweenReports;
    }
    await move();
    await connection.run("DROP TABLE swf_rows");
    await executions.store(runId);
  } finally {
    // The staged rows of a refused log disappear with the transaction, or with the connection.
    if (open) appender.closeSync();
  }
}

async function stage(connection: DuckDBConnection): Promise<DuckDBAppender> {
  const columns = [...staged.map(({ field }) => field), "start", "end"]
    .map((name) => `"${name}" DOUBLE`)
    .join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE swf_rows (${columns})`);
  return connection.createAppender("swf_rows", "main", "temp");
}

/** The fields of a record that the store keeps. */
const kept: ReadonlySet<SwfField> = new Set([
  "job",
  "submit",
  "wait",
  "run",
  "allocated",
  "requested",
  "estimate",
  "requestedMemory",
  "status",
  "user",
  "queue",
]);
const staged = swfFields.flatMap(([field], place) => (kept.has(field) ? [{ field, place }] : []));
const types = [...staged, "start", "end"].map(() => DOUBLE);
const placeOf = (name: SwfField) => swfFields.findIndex(([field]) => field === name);
const [submitPlace, waitPlace, runPlace] = [placeOf("submit"), placeOf("wait"), placeOf("run")];

function append(appender: DuckDBAppender, { rows, values }: SwfNumbers): void {
  const fields = swfFields.length;
  const chunk = DuckDBDataChunk.create(types, rows);
  for (const [column, { place }] of staged.entries()) {
    const vector = chunk.getColumnVector(column) as DuckDBDoubleVector;
    for (let row = 0, at = place; row < rows; row += 1, at += fields) {
      vector.setItem(row, values[at] ?? Number.NaN);
    }
    vector.flush();
  }
  // Computed here and not in SQL, because an end and a start at one instant of the log have to be the
  // same double.
  const starts = chunk.getColumnVector(staged.length) as DuckDBDoubleVector;
  const ends = chunk.getColumnVector(staged.length + 1) as DuckDBDoubleVector;
  for (let row = 0, at = 0; row < rows; row += 1, at += fields) {
    const start = exactSum(values[at + submitPlace] ?? 0, values[at + waitPlace] ?? 0);
    starts.setItem(row, start);
    ends.setItem(row, exactSum(start, values[at + runPlace] ?? 0));
  }
  starts.flush();
  ends.flush();
  appender.appendDataChunk(chunk);
}

/**
 * -1 becomes NULL. Jobs are numbered in the log's order, as its own numbers may repeat. Memory is
 * KiB a processor in the log, MiB a job here.
 */
const moveRows = `
  INSERT INTO jobs BY NAME
  WITH known AS (
    SELECT
      row_number() OVER () AS place,
      * REPLACE (nullif(wait, -1) AS wait, nullif(run, -1) AS run, nullif(estimate, -1) AS estimate),
      CASE WHEN allocated > 0 THEN allocated::INTEGER END AS allocated_cores,
      CASE WHEN requested > 0 THEN requested::INTEGER END AS requested_cores
    FROM swf_rows
  )
  SELECT
    $1 AS run_id,
    ($2 + place)::INTEGER AS job,
    CASE WHEN "user" >= 0 THEN "user"::BIGINT::VARCHAR END AS user_name,
    CASE WHEN queue >= 0 THEN queue::BIGINT::VARCHAR END AS queue,
    requested_cores,
    CASE WHEN "requestedMemory" > 0
      THEN "requestedMemory" / 1024 * coalesce(requested_cores, allocated_cores) END
      AS requested_memory_mib,
    submit AS planned_submit_s,
    run AS planned_run_s,
    estimate AS limit_s,
    CASE WHEN job >= 0 THEN job::BIGINT END AS trace_job,
    submit AS submit_s,
    CASE WHEN wait IS NOT NULL THEN "start" END AS start_s,
    CASE WHEN wait IS NOT NULL AND run IS NOT NULL THEN "end" END AS end_s,
    allocated_cores,
    CASE status WHEN 1 THEN 'completed' WHEN 0 THEN 'failed' WHEN 5 THEN 'cancelled' END AS state
  FROM known`;
