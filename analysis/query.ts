import {
  type DuckDBConnection,
  type DuckDBResultReader,
  type DuckDBValue,
  StatementType,
} from "@duckdb/node-api";
import Table from "cli-table3";
import { Failure } from "../base/failure";
import { messageOf } from "../base/thrown";
import { readStore } from "../store/open";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Row = Record<string, Json>;

export interface QueryOptions {
  /** Lower bound of the run time in the views' bounded slowdown, in seconds. Default 10. */
  readonly tau?: number | undefined;
}

/**
 * Runs one query on the store. It can change neither the store nor a setting, and can reach no file,
 * network or extension: the connection forbids that, whatever the text is. Throws Failure: no store,
 * locked, wrong SQL, more than one statement, a statement that is not a query.
 */
export async function query(
  storePath: string,
  sql: string,
  { tau }: QueryOptions = {},
): Promise<Row[]> {
  return readStore(storePath, async (connection) => {
    if (tau !== undefined) await connection.run(`SET VARIABLE tau = ${Number(tau)}::DOUBLE`);
    await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    try {
      return await runOne(connection, sql);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure("the query failed", {
        detail: messageOf(error),
        cause: error,
      });
    }
  });
}

const remedy = "give one query, such as SELECT, FROM, PIVOT, DESCRIBE, SUMMARIZE or EXPLAIN";

async function runOne(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    // DuckDB gives no message for a text of blanks and comments.
    if (!String(error).includes("native callback")) throw error;
    throw new Failure("there is no statement to run", { remedy });
  });
  if (statements.count > 1 && !(await isOneQuery(connection, sql))) {
    throw refused(`it has ${statements.count} statements, and only one may be given`);
  }
  for (let index = 0; index < statements.count - 1; index += 1) {
    await (await statements.prepare(index)).run();
  }
  const statement = await statements.prepare(statements.count - 1);
  const { statementType: type } = statement;
  if (type !== StatementType.SELECT && type !== StatementType.EXPLAIN) {
    throw refused(`a ${StatementType[type]} statement is no query`);
  }
  return rowsOf(await statement.runAndReadAll());
}

/**
 * DuckDB turns a PIVOT without its columns into a type and a query that uses it. A text that is several
 * statements by itself cannot be put in parentheses.
 */
async function isOneQuery(connection: DuckDBConnection, sql: string): Promise<boolean> {
  const text = sql.trimEnd().replace(/;$/, "");
  return connection.extractStatements(`FROM (${text}\n)`).then(
    () => true,
    () => false,
  );
}

function refused(why: string): Failure {
  return new Failure("the query is refused", {
    detail: `schedlab query is read-only: ${why}`,
    remedy,
  });
}

/** The rows of one query as JSON values: whole numbers beyond 2^53 as text, times as ISO 8601. */
export async function rows(
  connection: DuckDBConnection,
  sql: string,
  parameters: DuckDBValue[] = [],
): Promise<Row[]> {
  return rowsOf(await connection.runAndReadAll(sql, parameters));
}

function rowsOf(reader: DuckDBResultReader): Row[] {
  return reader.getRowObjectsJS().map((row) => json(row) as Row);
}

function json(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(json);
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, json(entry)]));
}

export function queryTable(result: readonly Row[]): string {
  const head = Object.keys(result[0] ?? {});
  if (head.length === 0) return "no rows";
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of result) table.push(head.map((name) => cell(row[name] ?? null)));
  return table.toString();
}

function cell(value: Json): string {
  if (value === null) return "NULL";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
