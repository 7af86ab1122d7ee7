import { StatementType } from "@duckdb/node-api";
import { type Json, type QueryOptions, refused, withoutEnd, withQuery } from "./query";

/**
 * Hands the result to `use` as CSV, some thousand lines at a time and as fast as they are taken: a line with
 * the names of the columns first. NULL is an empty field and an empty text `""`; lists, structs and maps
 * are JSON; timestamps have their microseconds (`2026-11-21 23:30:00.01225`). Throws as `query` does.
 */
export async function queryCsv(
  storePath: string,
  sql: string,
  options: QueryOptions,
  use: (csv: AsyncIterable<string>) => Promise<void>,
): Promise<void> {
  await withQuery(storePath, sql, options, async ({ statement }) => {
    const result = await statement.stream();
    async function* csv() {
      yield record(result.columnNames());
      for await (const rows of result.yieldRowsJson()) yield rows.map(record).join("");
    }
    await use(csv());
  });
}

function record(values: readonly Json[]): string {
  const fields = values.map(field);
  // A blank line would be no record.
  return `${fields.length === 1 && fields[0] === "" ? '""' : fields.join(",")}\n`;
}

function field(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  // Blanks at the edges, which some readers would cut off.
  if (text !== "" && !/[",\r\n]|^\s|\s$/.test(text)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}

/** Writes the result to a Parquet file, whose path is absolute. Throws as `query` does. */
export async function queryParquet(
  storePath: string,
  sql: string,
  file: string,
  options: QueryOptions,
): Promise<void> {
  await withQuery(
    storePath,
    sql,
    { ...options, writable: file },
    async ({ connection, statement }) => {
      if (statement.statementType === StatementType.EXPLAIN) {
        throw refused("a plan has no columns to write to Parquet");
      }
      const text = await withoutEnd(connection, sql);
      // Without a draft of DuckDB's own, which would be another file.
      await connection.run(
        `COPY (FROM (${text}\n)) TO '${file.replaceAll("'", "''")}'
         (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      );
    },
  );
}
