import { createHash } from "node:crypto";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { type OpenedLog, openLog } from "../workloads/logs/open";
import type { ForeignLog } from "../workloads/logs/reading";
import { headerNumber, maxProcs, type SwfHeader } from "../workloads/swf/header";
import type { SwfMode } from "../workloads/swf/parse";
import type { SwfReading } from "../workloads/swf/read";
import { sourceName } from "../workloads/swf/source";
import { storeFigures, storeSums } from "./figures";
import { insertForeign, readForeign } from "./foreign-log";
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
  /** As in OpenOptions. */
  readonly badRowsRemedy?: string | undefined;
  /** A format's name or the path of a mapping; left out: recognised by the content. */
  readonly format?: string | undefined;
  /** Zone of times without one; left out: the mapping's. */
  readonly zone?: string | undefined;
}

export interface ImportResult {
  readonly runId: string;
  readonly outcome: "imported" | "unchanged" | "replaced";
  /** Lines: of jobs and of their partial executions. */
  readonly records: number;
  readonly jobs: number;
  readonly procs: number | null;
  readonly oddities: ReadonlyMap<string, number>;
  /** Which format the log has, and by what. */
  readonly why: string;
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
      (boundMemory) =>
        openLog(file, openOptions({ ...options, file: sourceName(log) }), (opened) =>
          importFile(opened, file, storePath, options, boundMemory),
        ),
      options.report,
    ),
  );
}

function openOptions({
  mode = "tolerant",
  badRowsRemedy,
  format,
  zone,
  file,
}: Omit<LogOptions, "name" | "procs"> & { readonly file?: string }) {
  return { mode, badRowsRemedy, format, zone, name: file };
}

async function importFile(
  opened: OpenedLog,
  file: string,
  storePath: string,
  options: LogOptions & StoreOptions,
  boundMemory: BoundMemory,
): Promise<ImportResult> {
  const { log, why } = opened;
  const hash = opened.swf === null ? null : await fileHash(file);
  return writeStore(
    storePath,
    async (connection) => {
      const foreign =
        opened.swf === null
          ? { log: opened.log, loaded: await readForeign(connection, opened.log) }
          : null;
      const identity = identify(
        foreign === null ? (hash ?? "") : foreign.log.hash,
        options,
        opened,
      );
      const stored = await connection.runAndReadAll(
        "SELECT loaded_by_schema, content_hash FROM runs WHERE run_id = $1",
        [identity.runId],
      );
      const [schema, content] = stored.getRows()[0] ?? [];
      if (Number(schema) === newestVersion() && content === identity.contentHash) {
        if (opened.swf !== null) for await (const _ of opened.swf.numbers());
        return { runId: identity.runId, outcome: "unchanged", ...facts(log, options), why };
      }
      await transaction(connection, async () => {
        await removeRun(connection, identity.runId);
        if (foreign === null) {
          await boundMemory(connection, 0);
          await insertLog(connection, opened, identity, options);
          if (log.hash !== hash) throw new Failure(`${log.name} changed while it was read`);
        } else {
          await insertForeign(connection, identity.runId, foreign.loaded);
          await insertRun(connection, opened, identity, options);
        }
        await boundMemory(connection, log.jobs);
        await storeSums(connection, identity.runId);
        await storeFigures(connection, identity.runId);
      });
      const outcome = schema === undefined ? ("imported" as const) : ("replaced" as const);
      return { runId: identity.runId, outcome, ...facts(log, options), why };
    },
    options,
  );
}

/** Calls `use` with a store in memory whose only run, `log`, is the log. Throws SwfError, Failure. */
export async function withLog<T>(
  file: string,
  options: Omit<LogOptions, "name"> & { readonly report?: Reporter | undefined },
  use: (connection: DuckDBConnection, opened: OpenedLog) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    try {
      await migrate(connection, "the store in memory");
      return await openLog(file, openOptions(options), async (opened) => {
        const named = { ...options, name: "log" };
        await insertLog(connection, opened, { runId: "log", contentHash: "" }, named);
        await storeSums(connection, "log");
        return use(connection, opened);
      });
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

function identify(
  hash: string,
  { name, procs, mode = "tolerant", zone }: LogOptions,
  opened: OpenedLog,
): LogIdentity {
  const mapping = opened.swf === null ? { mapping: opened.log.recognised.mapping, zone } : {};
  const contentHash = createHash("sha256")
    .update(JSON.stringify({ hash, procs: procs ?? null, mode, ...mapping }))
    .digest("hex");
  return { runId: `${name}-${contentHash.slice(0, 12)}`, contentHash };
}

function facts(log: SwfReading | ForeignLog, { procs }: LogOptions) {
  const { records, jobs, oddities } = log;
  return { records, jobs, procs: procs ?? maxProcs(log.header), oddities };
}

/** Writes the jobs and the run, but neither sums nor figures. Throws SwfError, Failure. */
export async function insertLog(
  connection: DuckDBConnection,
  opened: OpenedLog,
  identity: LogIdentity,
  options: LogOptions & { readonly report?: Reporter | undefined },
): Promise<void> {
  if (opened.swf !== null) {
    await insertJobs(connection, opened.swf, identity.runId, options.report);
  } else {
    await insertForeign(connection, identity.runId, await readForeign(connection, opened.log));
  }
  await insertRun(connection, opened, identity, options);
}

async function insertRun(
  connection: DuckDBConnection,
  opened: OpenedLog,
  { runId, contentHash }: LogIdentity,
  { name, procs, mode = "tolerant" }: LogOptions,
): Promise<void> {
  const { log } = opened;
  const started = startTime(log.header);
  const format = opened.swf === null ? opened.log.recognised.mapping.name : "swf";
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
      procs ?? maxProcs(log.header),
      log.hash,
      path.basename(log.name),
      JSON.stringify({ [format]: { mode, oddities: Object.fromEntries(log.oddities) } }),
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
