import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * Tables that a run's figures are computed from, and the views that compute them, in order. Computed once,
 * they cost nothing when a report or a query reads the figures.
 */
const kept = [
  // Sums over the jobs by user, queue, account and QOS.
  { table: "job_sums", view: "job_sums_now", ofNodes: false },
  // What each node had free. Planning these takes a while: they are for runs with nodes only.
  { table: "node_free", view: "node_free_now", ofNodes: true },
  { table: "placement_figures", view: "placement_figures_now", ofNodes: true },
] as const;

/** Computes what the run's figures are computed from. */
export async function storeSums(connection: DuckDBConnection, runId: string): Promise<void> {
  const nodes = await connection.runAndReadAll(
    "SELECT 1 FROM nodes WHERE run_id = $1 AND role = 'compute' LIMIT 1",
    [runId],
  );
  for (const { table, view, ofNodes } of kept) {
    await connection.run(`DELETE FROM ${table} WHERE run_id = $1`, [runId]);
    if (ofNodes && nodes.currentRowCount === 0) continue;
    await connection.run(`INSERT INTO ${table} BY NAME FROM ${view} WHERE run_id = $1`, [runId]);
  }
}

/** Copies the run's figures from the views into the metrics table. Needs its sums. */
export async function storeFigures(connection: DuckDBConnection, runId: string): Promise<void> {
  await connection.run("DELETE FROM metrics WHERE run_id = $1", [runId]);
  await copyFigures(connection, await metricView(connection, runId), runId);
}

/**
 * The view that has every metric of the run. Planning a query for those of nodes that come and go takes
 * as long as for all others, so that only runs that have them are looked up there.
 */
export async function metricView(
  connection: DuckDBConnection,
  runId: string,
): Promise<"metric_values" | "common_metric_values"> {
  const found = await connection.runAndReadAll("FROM elastic_runs WHERE run_id = $1", [runId]);
  return found.currentRowCount > 0 ? "metric_values" : "common_metric_values";
}

/**
 * The same for the figures that change when the run has been simulated. DuckDB takes half a second to
 * plan the query for all of them, however few the jobs.
 */
export async function storeSimulatedFigures(
  connection: DuckDBConnection,
  runId: string,
): Promise<void> {
  await connection.run(
    `DELETE FROM metrics WHERE run_id = $1 AND (scope = 'policy'
       OR scope = 'run' AND name IN ('unfairness', 'mean_unfairness', 'delayed_jobs'))`,
    [runId],
  );
  await copyFigures(connection, "simulated_metric_values", runId);
}

async function copyFigures(
  connection: DuckDBConnection,
  view: "metric_values" | "common_metric_values" | "simulated_metric_values",
  runId: string,
): Promise<void> {
  await connection.run(
    `INSERT INTO metrics (run_id, name, scope, subject, value, unit, definition, reason)
     SELECT run_id, name, scope, subject, value, unit, definition, reason
     FROM ${view} WHERE run_id = $1`,
    [runId],
  );
}

/** Does both for every run, in one pass. */
export async function storeAllFigures(connection: DuckDBConnection): Promise<void> {
  const runs = await connection.runAndReadAll("SELECT 1 FROM runs LIMIT 1");
  if (runs.currentRowCount === 0) return;
  for (const { table, view } of kept) {
    await connection.run(`DELETE FROM ${table}`);
    await connection.run(`INSERT INTO ${table} BY NAME FROM ${view}`);
  }
  await connection.run("DELETE FROM metrics");
  await connection.run("INSERT INTO metrics BY NAME FROM metric_values");
}
