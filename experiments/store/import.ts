import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBDoubleVector,
  DuckDBInstance,
} from "@duckdb/node-api";
import { Failure } from "../../host/failure";
import type { Report } from "../../host/report";
import { exactSum } from "../workloads/decimal";
import type { SwfBatch } from "../workloads/swf/batch";
import type { SwfMode } from "../workloads/swf/parse";
import { SwfReading } from "../workloads/swf/read";
import { maxProcs, type SwfField, type SwfHeader, swfFields } from "../workloads/swf/record";
import { storeFigures, storeSums } from "./figures";
import { removeRun } from "./load";
import { migrate, newestVersion, transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";

/** Rows of the log that lie in the staging table at once. */
const stagedRows = 65_536;
const rowsBetweenReports = 1_000_000;

export interface LogOptions {
  /** Names the experiment; letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Processors of the machine. Left out: the header's MaxProcs, else MaxNodes, else unknown. */
  readonly procs?: number | undefined;
  /** Default: tolerant. */
  readonly mode?: SwfMode;
}

export interface ImportResult {
  readonly runId: string;
  readonly outcome: "imported" | "unchanged" | "replaced";
  readonly records: number;
  readonly procs: number | null;
  readonly oddities: ReadonlyMap<string, number>;
}

/**
 * Brings a recorded log into the store as a run of origin `imported`, whole or not at all. The run is
 * named after the log's bytes and the options, so that importing it again changes nothing. Memory does
 * not grow with the log. Throws Failure, SwfError.
 */
export async function importLog(
  file: string,
  storePath: string,
  options: LogOptions & StoreOptions,
): Promise<ImportResult> {
  if (!/^[\w.-]{1,64}$/.test(options.name)) {
    throw new Failure(`"${options.name}" is no name for a run`, {
      remedy: "use up to 64 letters, digits, dots, underscores and hyphens",
    });
  }
  const reading = new SwfReading(file, options.mode ?? "tolerant");
  const hash = await fileHash(file);
  return writeStore(
    storePath,
    async (connection) => {
      const identity = identify(hash ?? "", options);
      const stored = await connection.runAndReadAll(
        "SELECT loaded_by_schema, content_hash FROM runs WHERE run_id = $1",
        [identity.runId],
      );
      const [schema, content] = stored.getRows()[0] ?? [];
      if (Number(schema) === newestVersion() && content === identity.contentHash) {
        return describeStored(reading, identity.runId, options);
      }
      await transaction(connection, async () => {
        await removeRun(connection, identity.runId);
        await insertLog(connection, reading, identity, options);
        if (reading.hash !== hash) throw new Failure(`${file} changed while it was read`);
        await storeSums(connection, identity.runId);
        await storeFigures(connection, identity.runId);
      });
      const outcome = schema === undefined ? ("imported" as const) : ("replaced" as const);
      return { runId: identity.runId, outcome, ...facts(reading, options) };
    },
    options,
  );
}

/** The log as the only run, `log`, of a store in memory, for `use`. Throws SwfError, Failure. */
export async function withLog<T>(
  file: string,
  options: Omit<LogOptions, "name"> & { readonly report?: Report | undefined },
  use: (connection: DuckDBConnection, reading: SwfReading) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    try {
      await migrate(connection, "the store in memory");
      const reading = new SwfReading(file, options.mode ?? "tolerant");
      const named = { ...options, name: "log" };
      await insertLog(connection, reading, { runId: "log", contentHash: "" }, named);
      await storeSums(connection, "log");
      return await use(connection, reading);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

export interface LogIdentity {
  readonly runId: string;
  readonly contentHash: string;
}

function identify(hash: string, { name, procs, mode = "tolerant" }: LogOptions): LogIdentity {
  const contentHash = createHash("sha256")
    .update(JSON.stringify({ hash, procs: procs ?? null, mode }))
    .digest("hex");
  return { runId: `${name}-${contentHash.slice(0, 12)}`, contentHash };
}

async function describeStored(
  reading: SwfReading,
  runId: string,
  options: LogOptions,
): Promise<ImportResult> {
  for await (const _ of reading.numbers());
  return { runId, outcome: "unchanged", ...facts(reading, options) };
}

function facts(reading: SwfReading, { procs }: LogOptions) {
  const { records, oddities } = reading;
  return { records, procs: procs ?? maxProcs(reading.header), oddities };
}

/** Null for a file that cannot be read; reading it then says why. */
async function fileHash(file: string): Promise<string | null> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      digest.update(chunk);
    }
  } catch {
    return null;
  }
  return digest.digest("hex");
}

/** Writes the jobs and the run, neither sums nor figures. Throws SwfError. */
export async function insertLog(
  connection: DuckDBConnection,
  reading: SwfReading,
  identity: LogIdentity,
  options: LogOptions & { readonly report?: Report | undefined },
): Promise<void> {
  await insertJobs(connection, reading, identity.runId, options.report);
  await insertRun(connection, reading, identity, options);
}

/** Streams the log through a staging table of doubles, which takes a batch without conversion. */
async function insertJobs(
  connection: DuckDBConnection,
  reading: SwfReading,
  runId: string,
  report: Report | undefined,
): Promise<void> {
  let [moved, waiting, nextReport] = [0, 0, rowsBetweenReports];
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
      append(appender, batch);
      waiting += batch.rows;
      if (waiting < stagedRows) continue;
      await move();
      appender = await stage(connection);
      open = true;
      if (moved < nextReport) continue;
      report?.(`${reading.name}: ${moved} records`);
      nextReport += rowsBetweenReports;
    }
    await move();
    await connection.run("DROP TABLE swf_rows");
  } finally {
    // What a refused log has staged goes away with the transaction, or with the connection.
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

function append(appender: DuckDBAppender, { rows, values }: SwfBatch): void {
  const fields = swfFields.length;
  const chunk = DuckDBDataChunk.create(types, rows);
  for (const [column, { place }] of staged.entries()) {
    const vector = chunk.getColumnVector(column) as DuckDBDoubleVector;
    for (let row = 0, at = place; row < rows; row += 1, at += fields) {
      vector.setItem(row, values[at] ?? Number.NaN);
    }
    vector.flush();
  }
  // Here and not in SQL: an end and a start at one instant of the log have to be the same double.
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
    job::BIGINT AS trace_job,
    submit AS submit_s,
    CASE WHEN wait IS NOT NULL THEN "start" END AS start_s,
    CASE WHEN wait IS NOT NULL AND run IS NOT NULL THEN "end" END AS end_s,
    allocated_cores,
    CASE status WHEN 1 THEN 'completed' WHEN 0 THEN 'failed' WHEN 5 THEN 'cancelled' END AS state
  FROM known`;

async function insertRun(
  connection: DuckDBConnection,
  reading: SwfReading,
  { runId, contentHash }: LogIdentity,
  { name, procs, mode = "tolerant" }: LogOptions,
): Promise<void> {
  const started = startTime(reading.header);
  await connection.run("INSERT OR REPLACE INTO experiments VALUES ($1, $2, NULL, NULL, NULL)", [
    name,
    contentHash,
  ]);
  await connection.run(
    `INSERT INTO runs BY NAME
     SELECT
       $1 AS run_id, 'imported' AS origin, $2 AS experiment, $3 AS tuple_hash, 1 AS repeat,
       'completed' AS status, make_timestamp($4::BIGINT) AS started_at,
       $5::INTEGER AS capacity_cores, count(*)::INTEGER AS planned_jobs,
       CASE WHEN count(state) > 0 THEN count(*) FILTER (state <> 'completed') END::INTEGER
         AS failed_jobs,
       $6 AS trace_hash, $7 AS trace_name, $8 AS spec, $3 AS content_hash,
       $9::INTEGER AS loaded_by_schema, now()::TIMESTAMP AS loaded_at
     FROM jobs WHERE run_id = $1`,
    [
      runId,
      name,
      contentHash,
      started === null ? null : BigInt(started) * 1_000_000n,
      procs ?? maxProcs(reading.header),
      reading.hash,
      path.basename(reading.name),
      JSON.stringify({ swf: { mode, oddities: Object.fromEntries(reading.oddities) } }),
      newestVersion(),
    ],
  );
}

/** UnixStartTime of the header, in seconds; null when it is missing or 0. */
function startTime(header: SwfHeader): number | null {
  const value = Number(header.get("UnixStartTime")?.[0]);
  return Number.isSafeInteger(value) && value > 0 && value < 2 ** 33 ? value : null;
}
