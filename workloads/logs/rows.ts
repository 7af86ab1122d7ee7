import { readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { knownSql, noLaterThanStart, parsed, parsedSql, problemSql, rawSql } from "./fields";
import { type FieldName, states } from "./mapping";
import { identifier, literal, type RowSource, rejects, rowsSql } from "./source";

/** A job's row as the log has it, and what is wrong with it. */
const columns: Readonly<Record<string, string>> = {
  job: parsed("job"),
  // Only where it is another, because a million texts take longer to keep than to read.
  label: `CASE WHEN ${parsed("label")} <> ${parsed("job")} THEN ${parsed("label")} END`,
  ...plain("array", "array_task", "array_limit", "array_tasks", "het"),
  submit: noLaterThanStart("submit"),
  eligible: noLaterThanStart("eligible"),
  start: parsed("start"),
  end: `coalesce(${parsed("end")}, ${parsed("start")} + ${parsed("elapsed")})`,
  // Of a job whose start is unknown.
  run_s: `CASE WHEN ${parsed("start")} IS NULL THEN ${parsed("elapsed")} END`,
  state: `${parsed("state")}::ENUM (${states.map(literal).join(", ")})`,
  ...plain("user", "group", "account", "partition", "qos", "name"),
  ...plain("requested_cores", "allocated_cores", "nodes", "allocated_nodes"),
  // 0 stands for all of a node's memory, or for none that was asked for.
  memory_mib: `nullif(coalesce(${parsed("memory")},
    ${parsed("memory_per_node")} * coalesce(${parsed("nodes")}, ${parsed("allocated_nodes")}),
    ${parsed("memory_per_core")} * coalesce(${parsed("requested_cores")}, ${parsed("allocated_cores")})), 0)`,
  ...plain("gpus", "gpu_type"),
  limit_s: parsed("limit"),
  ...plain("constraint", "dependency", "priority", "node_list"),
};

function plain(...names: FieldName[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, parsed(name)]));
}

/** What the store does not keep. */
const unstored: ReadonlySet<string> = new Set(["group", "name", "het", "dependency"]);

/** The one statement that reads a file: its rows as values of ours, each with its problem or NULL. */
export function readingSql(source: RowSource, numbered = false): string {
  const { mapping } = source;
  const number = numbered ? "file_row, " : "";
  const selected = Object.entries(columns).map(([name, sql]) => {
    const value = source.lean === true && unstored.has(name) ? "NULL::VARCHAR" : sql;
    return `${value} AS "${name}"`;
  });
  return `
    SELECT ${number}${selected.join(", ")}, ${problemSql(mapping)} AS problem
    FROM (SELECT *, ${parsedSql(mapping, source.zone === "UTC")}
      FROM (SELECT ${knownSql(mapping)}
        FROM (SELECT ${number}${rawSql(mapping)} FROM (${rowsSql(source, numbered)}))))`;
}

/** Those of every mapping, and those of single formats. */
export const macros = ["macros.sql", "format-macros.sql"]
  .map((file) => readFileSync(path.join(__dirname, file), "utf8"))
  .join("\n");

/** Reads the file into the temporary table `log_rows`. Times without a zone are in the session's. */
export async function readRows(connection: DuckDBConnection, source: RowSource): Promise<void> {
  await connection.run(macros);
  const only = await firstSingle(connection, source);
  for (const table of ["log_rows", rejects, `${rejects}_scan`]) {
    await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
  }
  await connection.run(`CREATE TEMP TABLE log_rows AS ${readingSql({ ...source, only })}`);
}

/** Of the column that has a single value; undefined where there is none, or the file lacks the column. */
async function firstSingle(connection: DuckDBConnection, source: RowSource) {
  const { single } = source.mapping;
  if (single === undefined || !source.layout.columns.has(single.column)) return undefined;
  const column = identifier(single.column);
  const found = await connection.runAndReadAll(
    `SELECT ${column} FROM (${rowsSql(source)}) WHERE ${column} <> '' LIMIT 1`,
  );
  const [value] = found.getRows()[0] ?? [];
  return value === undefined ? undefined : String(value);
}

/** Of the table `log_rows`. */
export interface RowFacts {
  readonly rows: number;
  readonly problems: number;
  /** Seconds since 1970; null where no row has one. */
  readonly firstSubmit: number | null;
  readonly lastMoment: number | null;
  /** Of all rows, where every one of them is later than any log can be. */
  readonly farMoment: number | null;
  /** Whether an id has several rows. */
  readonly repeated: boolean;
  /** Rows that stand for several tasks of an array. */
  readonly groups: number;
  /** Whether any row is of an array, has a list of nodes. */
  readonly withArrays: boolean;
  readonly withNodes: boolean;
}

export async function rowFacts(connection: DuckDBConnection): Promise<RowFacts> {
  const found = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, count(problem)::DOUBLE,
      min(submit) FILTER (problem IS NULL), max(greatest(submit, start, "end")) FILTER (problem IS NULL),
      CASE WHEN bool_and(coalesce(starts_with(problem, 'too late'), false)) THEN max(greatest(submit, start, "end")) END,
      count(job) > count(DISTINCT job), count(array_tasks)::DOUBLE,
      count("array") > 0, count(node_list) > 0
    FROM log_rows`);
  const [rows, problems, firstSubmit, lastMoment, farMoment, repeated, groups, ...with_] =
    found.getRows()[0] ?? [];
  const [withArrays, withNodes] = with_.map((each) => each === true);
  return {
    rows: Number(rows),
    problems: Number(problems),
    firstSubmit: firstSubmit === null ? null : Number(firstSubmit),
    lastMoment: lastMoment === null ? null : Number(lastMoment),
    farMoment: farMoment === null ? null : Number(farMoment),
    repeated: repeated === true,
    groups: Number(groups),
    withArrays: withArrays ?? false,
    withNodes: withNodes ?? false,
  };
}
