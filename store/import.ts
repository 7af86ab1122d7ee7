import { createHash } from "node:crypto";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import { headerNumber, maxProcs, type SwfHeader } from "../workloads/swf/header";
import type { SwfMode } from "../workloads/swf/parse";
import { SwfReading } from "../workloads/swf/read";
import { sourceName } from "../workloads/swf/source";
import { storeFigures, storeSums } from "./figures";
import { removeRun } from "./load";
import { fileHash, withFile } from "./log-file";
import { insertJobs } from "./log-rows";
import { type BoundMemory, withBoundMemory } from "./memory";
import { migrate, newestVersion, transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";
import { timestamp } from "./tables";

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
  /** Lines: of jobs and of their partial executions. */
  readonly records: number;
  readonly jobs: number;
  readonly procs: number | null;
  readonly oddities: ReadonlyMap<string, number>;
}

/**
 * Brings a recorded log into the store as a run of origin `imported`, as a whole or not at all. The run
 * is named after the log's bytes and the options, so that importing it again changes nothing. Memory
 * does not grow with the log up to a million jobs. A pipe and standard input (`-`) are copied to a file
 * first. Throws Failure, SwfError.
 */
export async function importLog(
  log: string,
  storePath: string,
  options: LogOptions & StoreOptions,
): Promise<ImportResult> {
  if (!/^[\w.-]{1,64}$/.test(options.name)) {
    throw new Failure(`"${options.name}" is no name for a run`, {
      remedy: "use up to 64 letters, digits, dots, underscores and hyphens",
    });
  }
  return withFile(log, (file) =>
    withBoundMemory(
      (boundMemory) => importFile({ file, name: sourceName(log) }, storePath, options, boundMemory),
      options.report,
    ),
  );
}

async function importFile(
  { file, name }: { readonly file: string; readonly name: string },
  storePath: string,
  options: LogOptions & StoreOptions,
  boundMemory: BoundMemory,
): Promise<ImportResult> {
  const reading = new SwfReading(file, options.mode ?? "tolerant", name);
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
        await boundMemory(connection, 0);
        await insertLog(connection, reading, identity, options);
        if (reading.hash !== hash) throw new Failure(`${name} changed while it was read`);
        await boundMemory(connection, reading.jobs);
        await storeSums(connection, identity.runId);
        await storeFigures(connection, identity.runId);
      });
      const outcome = schema === undefined ? ("imported" as const) : ("replaced" as const);
      return { runId: identity.runId, outcome, ...facts(reading, options) };
    },
    options,
  );
}

/** Calls `use` with a store in memory whose only run, `log`, is the log. Throws SwfError, Failure. */
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
  const { records, jobs, oddities } = reading;
  return { records, jobs, procs: procs ?? maxProcs(reading.header), oddities };
}

/** Writes the jobs and the run, but neither sums nor figures. Throws SwfError. */
export async function insertLog(
  connection: DuckDBConnection,
  reading: SwfReading,
  identity: LogIdentity,
  options: LogOptions & { readonly report?: Report | undefined },
): Promise<void> {
  await insertJobs(connection, reading, identity.runId, options.report);
  await insertRun(connection, reading, identity, options);
}

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
       $9::INTEGER AS loaded_by_schema, $10 AS loaded_at
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
      timestamp(Date.now()),
    ],
  );
}

/** UnixStartTime of the header, in seconds; null when it is missing or 0. */
function startTime(header: SwfHeader): number | null {
  const value = headerNumber(header, "UnixStartTime");
  return value !== null && value > 0 && value < 2 ** 33 ? value : null;
}
