import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reporter } from "../base/reporter";
import { appendRows } from "./append";
import { attemptsOf, holdingsOf } from "./attempts";
import { directoryState } from "./earlier";
import { decisionColumns, nodeEventColumns, supplyColumns } from "./elastic-tables";
import { storeFigures, storeSums } from "./figures";
import { newestVersion, transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";
import { type BadRecord, placeOf, type RunContents, readRunDirectory } from "./run-directory";
import { entitledShares } from "./shares";
import {
  attemptColumns,
  benchmarkColumns,
  daemonColumns,
  eventColumns,
  heldColumns,
  hostSampleColumns,
  jobColumns,
  nodeColumns,
  runColumns,
  sampleColumns,
  schedulerJobColumns,
  shareColumns,
} from "./tables";

/** Every table that holds rows of a run. */
const runTables = [
  "supply_steps",
  "node_events",
  "scaling_decisions",
  "attempts",
  "held_intervals",
  "audits",
  "host_samples",
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

/** Bad records that are named one by one. */
const badNamed = 5;

export interface LoadResult {
  readonly runId: string;
  readonly outcome: "loaded" | "unchanged" | "replaced";
  readonly jobs: number;
  readonly events: number;
  readonly samples: number;
  /** Files of a killed run whose last, cut-off line was left out. */
  readonly torn: readonly string[];
  /** Lines that could not be read and were left out. */
  readonly bad: readonly BadRecord[];
}

/**
 * Loads a run directory with its metrics, as a whole or not at all. Loading the same contents again
 * changes nothing; different contents replace the run. A run still marked `running` is stored as
 * `interrupted`. The directory is only read. Throws Failure.
 */
export async function loadRun(
  runDirectory: string,
  storePath: string,
  options: StoreOptions = {},
): Promise<LoadResult> {
  // Taken before it is read, so that anything written meanwhile shows as a change later.
  const state = directoryState(runDirectory);
  const contents = await readRunDirectory(runDirectory);
  for (const file of contents.torn) {
    options.report?.(`${runDirectory}/${file}: the last line is cut off and left out`);
  }
  for (const bad of contents.bad.slice(0, badNamed)) {
    options.report?.(`${runDirectory}/${placeOf(bad)}: left out, it is no record: ${bad.problem}`);
  }
  if (contents.bad.length > badNamed) {
    options.report?.(`${runDirectory}: ${contents.bad.length - badNamed} more were left out`);
  }
  return writeStore(storePath, (connection) => load(connection, contents, state, options.report), {
    ...options,
    remedy: `the run is safe in ${runDirectory}; mend the cause, then: schedlab load ${runDirectory}`,
  });
}

async function load(
  connection: DuckDBConnection,
  contents: RunContents,
  state: string,
  report: Reporter | undefined,
): Promise<LoadResult> {
  const { run, jobs, events, samples, torn, bad } = contents;
  const counts = { jobs: jobs.length, events: events.length, samples: samples.length, torn, bad };
  const stored = await storedVersion(connection, run.id);
  if (stored?.contentHash === contents.contentHash && stored.schema === newestVersion()) {
    await connection.run("UPDATE runs SET directory_state = $2 WHERE run_id = $1", [run.id, state]);
    return { runId: run.id, outcome: "unchanged", ...counts };
  }
  report?.(
    `loading run ${run.id}: ${jobs.length} jobs, ${events.length} events, ${samples.length} samples`,
  );
  await transaction(connection, async () => {
    await removeRun(connection, run.id);
    await insertRun(connection, contents, state);
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

async function insertRun(
  connection: DuckDBConnection,
  contents: RunContents,
  state: string,
): Promise<void> {
  const { run, nodes, jobs, events, samples, host, benchmarks, daemons, schedulerJobs } = contents;
  const { supply, nodeEvents, decisions } = contents;
  const { provenance } = run;
  await connection.run("INSERT OR REPLACE INTO experiments VALUES ($1, $2, $3, $4, $5)", [
    run.experiment,
    run.tupleHash,
    provenance.schedulerKind,
    provenance.policyJson,
    provenance.specJson,
  ]);
  await appendRows(connection, "runs", runColumns(contents, state, newestVersion()), [run]);
  await appendRows(connection, "nodes", nodeColumns(run.id), nodes);
  const attempts = attemptsOf(jobs, events);
  await appendRows(connection, "jobs", jobColumns(run, holdingsOf(attempts)), jobs);
  await appendRows(connection, "job_events", eventColumns(run), events);
  await appendRows(connection, "attempts", attemptColumns(run), attempts);
  const held = attempts.flatMap(({ job, attempt, held }) =>
    held.map((stretch) => ({ job, attempt, ...stretch })),
  );
  await appendRows(connection, "held_intervals", heldColumns(run), held);
  await appendRows(connection, "samples", sampleColumns(run), samples);
  await appendRows(connection, "host_samples", hostSampleColumns(run), host);
  await appendRows(connection, "benchmarks", benchmarkColumns(run.id), benchmarks);
  await appendRows(connection, "daemons", daemonColumns(run.id), daemons);
  await appendRows(connection, "scheduler_jobs", schedulerJobColumns(run), schedulerJobs);
  await appendRows(connection, "supply_steps", supplyColumns(run), supply);
  await appendRows(connection, "node_events", nodeEventColumns(run), nodeEvents);
  await appendRows(connection, "scaling_decisions", decisionColumns(run), decisions);
  await appendRows(connection, "shares", shareColumns(run.id), entitledShares(run));
}
