import type { DuckDBConnection } from "@duckdb/node-api";
import { appendRows, type Columns } from "./append";
import { storeSimulatedFigures } from "./figures";
import { withBoundMemory } from "./memory";
import { transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";

/** When a policy would have started a job of the run, in seconds since the run's start. */
export interface SimulatedStart {
  readonly job: number;
  readonly startSeconds: number;
  /** In a schedule of the same policy where no later arrival exists. */
  readonly fairStartSeconds: number;
}

/** A run's jobs under one policy. */
export interface Simulation {
  readonly policy: string;
  /** How simultaneous events were ordered. */
  readonly tieRule: string;
  readonly procs: number;
  readonly starts: readonly SimulatedStart[];
}

/** The run as it was read for the simulation. */
export interface ReadRun {
  readonly runId: string;
  readonly contentHash: string;
}

/**
 * Replaces the simulations of a run and its figures, or writes why it has none; all of it or nothing.
 * Returns false and writes nothing when the run was removed or replaced since it was read. Throws
 * Failure.
 */
export async function storeSimulations(
  storePath: string,
  { runId, contentHash }: ReadRun,
  simulations: readonly Simulation[] | string,
  options: StoreOptions = {},
): Promise<boolean> {
  return withBoundMemory(
    (boundMemory) =>
      writeStore(
        storePath,
        async (connection) => {
          const found = await connection.runAndReadAll(
            `SELECT (SELECT count(*) FROM jobs WHERE jobs.run_id = runs.run_id)
             FROM runs WHERE run_id = $1 AND content_hash = $2`,
            [runId, contentHash],
          );
          if (found.currentRowCount === 0) return false;
          await boundMemory(connection, Number(found.value(0, 0)));
          await transaction(connection, async () => {
            await insertSimulations(connection, runId, simulations);
            await storeSimulatedFigures(connection, runId);
          });
          return true;
        },
        options,
      ),
    options.report,
  );
}

/** The same without the figures, on an open connection. Replaces what was there before. */
export async function insertSimulations(
  connection: DuckDBConnection,
  runId: string,
  simulations: readonly Simulation[] | string,
): Promise<void> {
  const reason = typeof simulations === "string" ? simulations : null;
  await connection.run("UPDATE runs SET unsimulated_reason = $2 WHERE run_id = $1", [
    runId,
    reason,
  ]);
  await connection.run("DELETE FROM simulations WHERE run_id = $1", [runId]);
  await connection.run("DELETE FROM simulated_jobs WHERE run_id = $1", [runId]);
  if (typeof simulations === "string") return;
  await appendRows(connection, "simulations", simulationColumns(runId), simulations);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE simulated_starts (
       policy VARCHAR, job INTEGER, simulated_start_s DOUBLE, fair_start_s DOUBLE)`,
  );
  for (const { policy, starts } of simulations) {
    await appendRows(connection, "simulated_starts", startColumns(policy), starts);
  }
  await connection.run(insertJobs, [runId]);
  await connection.run("DROP TABLE simulated_starts");
}

function simulationColumns(runId: string): Columns<Simulation> {
  return {
    run_id: () => runId,
    policy: ({ policy }) => policy,
    tie_rule: ({ tieRule }) => tieRule,
    procs: ({ procs }) => procs,
  };
}

function startColumns(policy: string): Columns<SimulatedStart> {
  return {
    policy: () => policy,
    job: ({ job }) => job,
    simulated_start_s: ({ startSeconds }) => startSeconds,
    fair_start_s: ({ fairStartSeconds }) => fairStartSeconds,
  };
}

const insertJobs = `
  INSERT INTO simulated_jobs BY NAME
  SELECT run_id, policy, job, start_s, simulated_start_s,
    start_s - simulated_start_s AS deviation_s, fair_start_s,
    greatest(0, start_s - fair_start_s) AS unfairness_s,
    greatest(0, simulated_start_s - fair_start_s) AS simulated_unfairness_s
  FROM jobs JOIN simulated_starts USING (job) WHERE run_id = $1`;
