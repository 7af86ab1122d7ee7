import { DOUBLE, type DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { headerNumber } from "../swf/header";
import type { SwfReading } from "../swf/read";
import { type SwfField, swfFields } from "../swf/record";
import { LogDatabase } from "./database";
import { rowLosses } from "./losses";
import type { OpenedLog } from "./open";
import { literal } from "./source";

export interface WrittenRows {
  /** Rows in the file. */
  readonly written: number;
  /** What a log in the standard's format says and the file does not, for a person. */
  readonly lost: readonly string[];
}

/**
 * Writes the rows of a log, attempts and all, into a Parquet file of our own schema, which is read as the
 * format `schedlab`. Throws Failure, SwfError.
 */
export function writeParquet(opened: OpenedLog, file: string): Promise<WrittenRows> {
  return writeRows(opened, file, "parquet");
}

/** The same as CSV with a header, which is read as the format `schedlab-csv`. */
export function writeCsv(opened: OpenedLog, file: string): Promise<WrittenRows> {
  return writeRows(opened, file, "csv");
}

function writeRows(
  opened: OpenedLog,
  file: string,
  format: keyof typeof formats,
): Promise<WrittenRows> {
  return withRows(opened, async (connection, lost) => ({
    written: await copyRows(connection, rowsSql, file, format),
    lost,
  }));
}

/**
 * Reads the log into the table `log_rows` of a database in memory; `lost` is what these do not hold of a log in the
 * standard's format. Throws Failure, SwfError.
 */
export async function withRows<T>(
  { swf, log }: OpenedLog,
  use: (connection: DuckDBConnection, lost: readonly string[]) => Promise<T>,
): Promise<T> {
  if (swf === null) return use(await log.read(), []);
  const database = new LogDatabase();
  try {
    const connection = await database.connect();
    await stageSwf(connection, swf);
    return await use(connection, await rowLosses(connection, swf.records - swf.jobs));
  } finally {
    await database.close();
  }
}

const rowsSql = "SELECT * EXCLUDE (problem) FROM log_rows WHERE problem IS NULL ORDER BY rowid";
const formats = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER, DELIMITER ','",
};

/** Returns how many rows there are in the file. */
export async function copyRows(
  connection: DuckDBConnection,
  query: string,
  file: string,
  format: keyof typeof formats,
): Promise<number> {
  const copied = await connection.runAndReadAll(
    `COPY (${query}) TO ${literal(file)} (${formats[format]})`,
  );
  return Number(copied.getRows()[0]?.[0]);
}

/** The jobs of the standard as rows of ours. */
async function stageSwf(connection: DuckDBConnection, reading: SwfReading): Promise<void> {
  const columns = swfFields.map(([field]) => `"${field}" DOUBLE`).join(", ");
  await connection.run(`CREATE TEMP TABLE swf_jobs (${columns})`);
  const appender = await connection.createAppender("swf_jobs", "main", "temp");
  try {
    for await (const batch of reading.numbers()) {
      const { rows, values } = batch.jobNumbers();
      if (rows === 0) continue;
      const chunk = DuckDBDataChunk.create(
        swfFields.map(() => DOUBLE),
        rows,
      );
      chunk.setColumns(
        swfFields.map((_, place) =>
          Array.from({ length: rows }, (__, row) => values[row * swfFields.length + place] ?? -1),
        ),
      );
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
  // Where no job has a queue (field 15), partitions (field 16) take their place.
  await connection.run(
    'UPDATE swf_jobs SET queue = "partition" WHERE NOT EXISTS (FROM swf_jobs WHERE queue >= 0)',
  );
  const known = (field: SwfField) => `CASE WHEN "${field}" >= 0 THEN "${field}" END`;
  const named = (field: SwfField) =>
    `CASE WHEN "${field}" >= 0 THEN "${field}"::BIGINT::VARCHAR END`;
  const count = (field: SwfField) => `CASE WHEN "${field}" > 0 THEN "${field}"::INTEGER END`;
  const origin = headerNumber(reading.header, "UnixStartTime") ?? 0;
  await connection.run(`
    CREATE TEMP TABLE log_rows AS
    SELECT
      ${named("job")} AS job, NULL::VARCHAR AS label,
      NULL::VARCHAR AS "array", NULL::INTEGER AS array_task, NULL::INTEGER AS array_limit,
      NULL::VARCHAR AS array_tasks, NULL::VARCHAR AS het,
      ${origin} + submit AS submit, NULL::DOUBLE AS eligible,
      ${origin} + submit + ${known("wait")} AS start,
      ${origin} + submit + ${known("wait")} + ${known("run")} AS "end",
      CASE WHEN "wait" < 0 THEN ${known("run")} END AS run_s,
      CASE status WHEN 1 THEN 'completed' WHEN 0 THEN 'failed' WHEN 5 THEN 'cancelled' END AS state,
      ${named("user")} AS "user", ${named("group")} AS "group", NULL::VARCHAR AS account,
      ${named("queue")} AS "partition", NULL::VARCHAR AS qos, ${named("executable")} AS name,
      ${count("requested")} AS requested_cores, ${count("allocated")} AS allocated_cores,
      NULL::INTEGER AS nodes, NULL::INTEGER AS allocated_nodes,
      CASE WHEN "requestedMemory" > 0
        THEN "requestedMemory" / 1024 * coalesce(${count("requested")}, ${count("allocated")}) END
        AS memory_mib,
      NULL::INTEGER AS gpus, NULL::VARCHAR AS gpu_type, ${known("estimate")} AS limit_s,
      NULL::VARCHAR AS "constraint", NULL::VARCHAR AS dependency, NULL::DOUBLE AS priority,
      NULL::VARCHAR AS node_list, NULL::VARCHAR AS problem
    FROM swf_jobs`);
}
