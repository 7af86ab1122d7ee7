import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reporter } from "../base/reporter";
import { directoryState } from "./earlier";
import { storeFigures, storeSums } from "./figures";
import { insertRun } from "./load-records";
import { type BoundMemory, withBoundMemory } from "./memory";
import { newestVersion, transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";
import { type BadRecord, contentHashOf, placeOf, RunReading } from "./run-directory";

/** Every table that holds rows of a run. */
const runTables = [
  "start_estimates",
  "scheduler_internals",
  "node_free",
  "placement_figures",
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
 * `interrupted`. The directory is only read, some records at a time, so that memory does not grow with
 * their number. Throws Failure.
 */
export async function loadRun(
  runDirectory: string,
  storePath: string,
  options: StoreOptions = {},
): Promise<LoadResult> {
  const { report } = options;
  // Taken before it is read, so that anything written meanwhile shows as a change later.
  const state = directoryState(runDirectory);
  const { run } = await RunReading.open(runDirectory);
  const contentHash = await contentHashOf(runDirectory);
  const result = await withBoundMemory(
    (boundMemory) =>
      writeStore(
        storePath,
        async (connection) => {
          const stored = await storedVersion(connection, run.id);
          return stored?.contentHash === contentHash && stored.schema === newestVersion()
            ? passBy(connection, await RunReading.open(runDirectory), state)
            : load(connection, await RunReading.open(runDirectory), state, boundMemory, report);
        },
        {
          ...options,
          remedy: `the run is safe in ${runDirectory}; mend the cause, then: schedlab load ${runDirectory}`,
        },
      ),
    report,
  );
  for (const file of result.torn) {
    report?.(`${runDirectory}/${file}: the last line is cut off and left out`);
  }
  for (const bad of result.bad.slice(0, badNamed)) {
    report?.(`${runDirectory}/${placeOf(bad)}: left out, it is no record: ${bad.problem}`);
  }
  if (result.bad.length > badNamed) {
    report?.(`${runDirectory}: ${result.bad.length - badNamed} more were left out`);
  }
  return result;
}

/** A run that the store has as it is: only what could not be read is looked for. */
async function passBy(
  connection: DuckDBConnection,
  reading: RunReading,
  state: string,
): Promise<LoadResult> {
  const { id } = reading.run;
  await connection.run("UPDATE runs SET directory_state = $2 WHERE run_id = $1", [id, state]);
  await reading.passBy();
  const count = async (table: string) => {
    const sql = `SELECT count(*) FROM ${table} WHERE run_id = $1`;
    return Number((await connection.runAndReadAll(sql, [id])).value(0, 0));
  };
  return {
    ...{ runId: id, outcome: "unchanged", torn: reading.torn, bad: reading.bad },
    ...{ jobs: await count("jobs"), events: await count("job_events") },
    samples: await count("samples"),
  };
}

async function load(
  connection: DuckDBConnection,
  reading: RunReading,
  state: string,
  boundMemory: BoundMemory,
  report: Reporter | undefined,
): Promise<LoadResult> {
  const { id } = reading.run;
  const stored = await storedVersion(connection, id);
  report?.(`loading run ${id}`);
  const counts = await transaction(connection, async () => {
    await removeRun(connection, id);
    await boundMemory(connection, 0);
    const found = await insertRun(connection, reading, state, report);
    await boundMemory(connection, found.jobs);
    await storeSums(connection, id);
    await storeFigures(connection, id);
    return found;
  });
  const outcome = stored === null ? ("loaded" as const) : ("replaced" as const);
  return { runId: id, outcome, ...counts, torn: reading.torn, bad: reading.bad };
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
