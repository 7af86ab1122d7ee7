import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";

/** DuckDB's vector size: the most a data chunk can hold. */
const chunkRows = 2048;

/** How each column of a table is filled from a row; a column that is not named becomes NULL. */
export type Columns<T> = Readonly<Record<string, (row: T) => DuckDBValue>>;

/** Bulk insert through DuckDB's appender, column by column, also into a temporary table. */
export async function appendRows<T>(
  connection: DuckDBConnection,
  table: string,
  columns: Columns<T>,
  rows: readonly T[],
  { temporary = false }: { readonly temporary?: boolean } = {},
): Promise<void> {
  if (rows.length === 0) return;
  const names = await columnNames(connection, table);
  const unknown = Object.keys(columns).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`${table} has no column ${unknown.join(", ")}`);

  const appender = await (temporary
    ? connection.createAppender(table, "main", "temp")
    : connection.createAppender(table));
  try {
    const types = names.map((_, index) => appender.columnType(index));
    for (let first = 0; first < rows.length; first += chunkRows) {
      const batch = rows.slice(first, first + chunkRows);
      const chunk = DuckDBDataChunk.create(types, batch.length);
      for (const [index, name] of names.entries()) {
        chunk.setColumnValues(index, batch.map(columns[name] ?? (() => null)));
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Of an empty result: the information schema would bind every view first, which takes 20 ms. */
async function columnNames(connection: DuckDBConnection, table: string): Promise<string[]> {
  return (await connection.runAndReadAll(`FROM ${table} LIMIT 0`)).columnNames();
}
