import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import Table from "cli-table3";
import { readStore } from "../experiments/store/open";
import { Failure } from "../host/failure";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Row = Record<string, Json>;

/** Runs one SQL text on the store, read-only. Throws Failure: no store, locked, wrong SQL. */
export async function query(storePath: string, sql: string): Promise<Row[]> {
  return readStore(storePath, async (connection) => {
    try {
      return await rows(connection, sql);
    } catch (error) {
      throw new Failure("the query failed", {
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  });
}

/** The rows of one query as JSON values: whole numbers beyond 2^53 as text, times as ISO 8601. */
export async function rows(
  connection: DuckDBConnection,
  sql: string,
  parameters: DuckDBValue[] = [],
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql, parameters);
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
