import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { conditionColumns, conditionFields, recordedColumns } from "../conditions";
import { rows } from "../query";
import type { RunGroup } from "./tuples";

export interface RunHead {
  readonly id: string;
  readonly experiment: string;
  readonly campaign: string | null;
  readonly status: string;
}

/** Of every run, oldest first. */
export async function readHeads(connection: DuckDBConnection): Promise<RunHead[]> {
  const reader = await connection.runAndReadAll(
    `SELECT run_id, experiment, ${await campaignColumn(connection)}, status
     FROM runs ORDER BY started_at, run_id`,
  );
  const [ids = [], experiments = [], campaigns = [], statuses = []] = reader.getColumnsJS();
  return ids.map((id, index) => ({
    id: String(id),
    experiment: String(experiments[index]),
    campaign: campaigns[index] === null ? null : String(campaigns[index]),
    status: String(statuses[index]),
  }));
}

/** SQL for the name of a run's campaign: a store need not know of campaigns. */
async function campaignColumn(connection: DuckDBConnection): Promise<string> {
  const found = await connection.runAndReadAll(
    "SELECT 1 FROM duckdb_columns() WHERE table_name = 'runs' AND column_name = 'campaign'",
  );
  return found.currentRowCount > 0 ? "campaign" : "NULL";
}

/**
 * Completed runs by their conditions. The database groups them before it takes specs apart: there are far
 * fewer groups than runs.
 */
export async function readGroups(connection: DuckDBConnection): Promise<RunGroup[]> {
  const found = await rows(
    connection,
    `SELECT runs, ${conditionColumns}
     FROM (SELECT list(run_id) AS runs, ${recordedColumns}
       FROM runs WHERE status = 'completed' GROUP BY ALL)`,
  );
  return found.map(({ runs, ...columns }) => ({
    runs: z.array(z.string()).parse(runs),
    fields: conditionFields(columns),
  }));
}

/** The failed checks of each run that failed one which is not accepted. */
export async function readFailed(
  connection: DuckDBConnection,
  accepted: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await rows(
    connection,
    `SELECT run_id, check_name FROM audits WHERE verdict = 'failed' ORDER BY rowid`,
  );
  const failed = new Map<string, string[]>();
  for (const { run_id, check_name } of found) {
    if (accepted.includes(String(check_name))) continue;
    failed.set(String(run_id), [...(failed.get(String(run_id)) ?? []), String(check_name)]);
  }
  return failed;
}

export interface MetricValues {
  readonly unit: string;
  /** By run; a reason where it is unknown. */
  readonly values: ReadonlyMap<string, number | string>;
}

/** Run-wide metrics by name. */
export async function readMetrics(
  connection: DuckDBConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, MetricValues>> {
  const places = names.map((_, index) => `$${index + 1}`).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT run_id, name, value, unit, reason FROM metrics
     WHERE scope = 'run' AND name IN (${places})`,
    [...names],
  );
  const metrics = new Map<string, { unit: string; values: Map<string, number | string> }>();
  const [ids = [], own = [], values = [], units = [], reasons = []] = reader.getColumnsJS();
  for (const [index, id] of ids.entries()) {
    const name = String(own[index]);
    const metric = metrics.get(name) ?? { unit: String(units[index]), values: new Map() };
    const value = values[index];
    metric.values.set(
      String(id),
      typeof value === "number" && Number.isFinite(value)
        ? value
        : String(reasons[index] ?? "no reason recorded"),
    );
    metrics.set(name, metric);
  }
  return metrics;
}

/** Names of all run-wide metrics of the store. */
export async function readMetricNames(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    "SELECT DISTINCT name FROM metrics WHERE scope = 'run' ORDER BY name",
  );
  return reader.getRows().map(([name]) => String(name));
}
