import type { DuckDBConnection } from "@duckdb/node-api";
import type { Report } from "../../host/report";
import { appendRows } from "./append";
import { storeFigures, storeSums } from "./figures";
import { newestVersion, transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";
import { type RunContents, readRunDirectory } from "./run-directory";
import { entitledShares } from "./shares";
import {
  benchmarkColumns,
  daemonColumns,
  eventColumns,
  jobColumns,
  nodeColumns,
  runColumns,
  sampleColumns,
  schedulerJobColumns,
  shareColumns,
} from "./tables";

/** Every table that holds rows of a run. */
const runTables = [
  "scheduler_jobs",
  "metrics",
  "job_sums",
  "simulated_jobs",
  "simulations",
  "shares",
  "daemons",
  "benchmarks",
  "samples",
  "job_events",
  "jobs",
  "nodes",
  "runs",
] as const;

export interface LoadResult {
  readonly runId: string;
  readonly outcome: "loaded" | "unchanged" | "replaced";
  readonly jobs: number;
  readonly events: number;
  readonly samples: number;
  /** Files of a killed run whose last, cut-off line was left out. */
  readonly torn: readonly string[];
}

/**
 * Loads a run directory whole, with its metrics, or not at all. Loading the same contents again
 * changes nothing; other contents replace the run. A run still marked `running` is stored as
 * `interrupted`. The directory is only read. Throws Failure.
 */
export async function loadRun(
  runDirectory: string,
  storePath: string,
  options: StoreOptions = {},
): Promise<LoadResult> {
  const contents = await readRunDirectory(runDirectory);
  for (const file of contents.torn) {
    options.report?.(`${runDirectory}/${file}: the last line is cut off and left out`);
  }
  return writeStore(storePath, (connection) => load(connection, contents, options.report), {
    ...options,
    remedy: `the run is safe in ${runDirectory}; mend the cause, then: schedlab load ${runDirectory}`,
  });
}

async function load(
  connection: DuckDBConnection,
  contents: RunContents,
  report: Report | undefined,
): Promise<LoadResult> {
  const { run, jobs, events, samples, torn } = contents;
  const counts = { jobs: jobs.length, events: events.length, samples: samples.length, torn };
  const stored = await storedVersion(connection, run.id);
  if (stored?.contentHash === contents.contentHash && stored.schema === newestVersion()) {
    return { runId: run.id, outcome: "unchanged", ...counts };
  }
  report?.(
    `loading run ${run.id}: ${jobs.length} jobs, ${events.length} events, ${samples.length} samples`,
  );
  await transaction(connection, async () => {
    await removeRun(connection, run.id);
    await insertRun(connection, contents);
    await storeSums(connection, run.id);
    await storeFigures(connection, run.id);
  });
  return { runId: run.id, outcome: stored === null ? "loaded" : "replaced", ...counts };
}

async function storedVersion(
  connection: DuckDBConnection,
  runId: string,
): Promise<{ contentHash: string; schema: number } | null> {
  const reader = await connection.runAndReadAll(
    "SELECT content_hash, loaded_by_schema FROM runs WHERE run_id = $1",
    [runId],
  );
  const row = reader.getRows()[0];
  return row === undefined ? null : { contentHash: String(row[0]), schema: Number(row[1]) };
}

export async function removeRun(connection: DuckDBConnection, runId: string): Promise<void> {
  for (const table of runTables) {
    await connection.run(`DELETE FROM ${table} WHERE run_id = $1`, [runId]);
  }
}

async function insertRun(connection: DuckDBConnection, contents: RunContents): Promise<void> {
  const { run, nodes, jobs, events, samples, benchmarks, daemons, schedulerJobs } = contents;
  const { provenance } = run;
  await connection.run("INSERT OR REPLACE INTO experiments VALUES ($1, $2, $3, $4, $5)", [
    run.experiment,
    run.tupleHash,
    provenance.schedulerKind,
    provenance.policyJson,
    provenance.specJson,
  ]);
  await appendRows(connection, "runs", runColumns(contents.contentHash, newestVersion()), [run]);
  await appendRows(connection, "nodes", nodeColumns(run.id), nodes);
  await appendRows(connection, "jobs", jobColumns(run), jobs);
  await appendRows(connection, "job_events", eventColumns(run), events);
  await appendRows(connection, "samples", sampleColumns(run), samples);
  await appendRows(connection, "benchmarks", benchmarkColumns(run.id), benchmarks);
  await appendRows(connection, "daemons", daemonColumns(run.id), daemons);
  await appendRows(connection, "scheduler_jobs", schedulerJobColumns(run), schedulerJobs);
  await appendRows(connection, "shares", shareColumns(run.id), entitledShares(run));
}
