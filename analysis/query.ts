import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
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
  options: QueryOptions = {},
): Promise<Row[]> {
  return withQuery(storePath, sql, options, async ({ statement }) =>
    rowsOf(await statement.runAndReadAll()),
  );
}

export interface PreparedQuery {
  readonly connection: DuckDBConnection;
  readonly statement: DuckDBPreparedStatement;
}

/**
 * Hands over the query, prepared but not run, on such a connection; `writable` is the absolute path of the one
 * file that it may reach all the same. Throws as `query` does, and what `use` throws.
 */
export async function withQuery<T>(
  storePath: string,
  sql: string,
  { tau, writable }: QueryOptions & { readonly writable?: string },
  use: (prepared: PreparedQuery) => Promise<T>,
): Promise<T> {
  return readStore(storePath, async (connection) => {
    if (tau !== undefined) await connection.run(`SET VARIABLE tau = ${Number(tau)}::DOUBLE`);
    if (writable !== undefined) {
      await connection.run(`SET allowed_paths = ['${writable.replaceAll("'", "''")}']`);
    }
    await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    try {
      return await use({ connection, statement: await prepare(connection, sql) });
    } catch (error) {
      // Also one of Node's own, such as a full disk, is not about the query.
      if (error instanceof Failure || (error as NodeJS.ErrnoException).code !== undefined)
        throw error;
      throw new Failure("the query failed", {
        detail: messageOf(error),
        cause: error,
      });
    }
  });
}

const remedy = "give one query, such as SELECT, FROM, PIVOT, DESCRIBE, SUMMARIZE or EXPLAIN";

async function prepare(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  if (await isEmpty(connection, sql)) throw new Failure("there is no statement to run", { remedy });
  const statements = await connection.extractStatements(sql);
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
  return statement;
}

/** Whether it is a text of blanks and comments, for which DuckDB gives no message. */
async function isEmpty(connection: DuckDBConnection, sql: string): Promise<boolean> {
  return connection.extractStatements(sql).then(
    () => false,
    (error: unknown) => String(error).includes("native callback"),
  );
}

/** The query without the semicolon that ends it and what may come behind, so that it can be put in parentheses. */
export async function withoutEnd(connection: DuckDBConnection, sql: string): Promise<string> {
  for (let at = sql.lastIndexOf(";"); at >= 0; at = sql.lastIndexOf(";", at - 1)) {
    // One in a string or a comment has something else behind it.
    if (await isEmpty(connection, sql.slice(at + 1)))
      return withoutEnd(connection, sql.slice(0, at));
    if (at === 0) break;
  }
  return sql;
}

/**
 * DuckDB turns a PIVOT without its columns into a type and a query that uses it. A text that is several
 * statements by itself cannot be put in parentheses.
 */
async function isOneQuery(connection: DuckDBConnection, sql: string): Promise<boolean> {
  const text = await withoutEnd(connection, sql);
  return connection.extractStatements(`FROM (${text}\n)`).then(
    () => true,
    () => false,
  );
}

export function refused(why: string): Failure {
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
