import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { conditionColumns, conditionReader, recordedColumns } from "../conditions";
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
  const reader = await connection.runAndReadAll(
    `SELECT runs, ${conditionColumns}
     FROM (SELECT string_agg(run_id, ' ') AS runs, ${recordedColumns}
       FROM runs WHERE status = 'completed' GROUP BY ALL)`,
  );
  const fieldsOf = conditionReader();
  return reader.getRowObjectsJS().map(({ runs, ...columns }) => ({
    // Identifiers of runs have no blanks.
    runs: String(runs).split(" "),
    fields: fieldsOf(columns),
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

/** Run-wide metrics by name; those that the store has in some run. */
export async function readMetrics(
  connection: DuckDBConnection,
  names: readonly string[],
): Promise<ReadonlyMap<string, MetricValues>> {
  const chosen = "scope = 'run' AND name IN (SELECT unnest($1::VARCHAR[]))";
  const units = await rows(
    connection,
    `SELECT name, any_value(unit) AS unit FROM metrics WHERE ${chosen} GROUP BY name`,
    [listValue([...names])],
  );
  const metrics = new Map(
    units.map(({ name, unit }) => [
      String(name),
      { unit: String(unit), values: new Map<string, number | string>() },
    ]),
  );
  // A column for each metric: as many rows as runs instead of that many for each metric.
  const found = [...metrics.values()];
  const columns = found.map((_, index) => `max(value) FILTER (name = $${index + 1})`);
  if (columns.length === 0) return metrics;
  const reader = await connection.runAndReadAll(
    `SELECT run_id, ${columns.join(", ")} FROM metrics WHERE scope = 'run' GROUP BY run_id`,
    [...metrics.keys()],
  );
  const [ids = [], ...values] = reader.getColumnsJS();
  for (const [index, { values: own }] of found.entries()) {
    const column = values[index] ?? [];
    for (const [row, id] of ids.entries()) {
      const value = column[row];
      if (typeof value === "number" && Number.isFinite(value)) own.set(String(id), value);
    }
  }
  const unknown = await rows(
    connection,
    `SELECT run_id, name, reason FROM metrics WHERE value IS NULL AND ${chosen}`,
    [listValue([...names])],
  );
  for (const { run_id, name, reason } of unknown) {
    metrics.get(String(name))?.values.set(String(run_id), String(reason ?? "no reason recorded"));
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
