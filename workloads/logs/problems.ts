import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LogProblem } from "./failure";
import { columnLabel, expectations, kinds, rowProblems, separator } from "./fields";
import { type FieldName, fieldOf } from "./mapping";
import { readingSql } from "./rows";
import { numbersItself, type RowSource, rejects } from "./source";

/** How many problems are told with their places; the others are counted. */
const shown = 10;

/** Lines that could not be taken apart. */
export async function rejectedLines(connection: DuckDBConnection): Promise<number> {
  const found = await connection.runAndReadAll(
    `SELECT count(DISTINCT line)::DOUBLE FROM ${rejects}
     WHERE scan_id = (SELECT min(scan_id) FROM ${rejects})`,
  );
  return Number(found.getRows()[0]?.[0] ?? 0);
}

/** The first problems of the log with their places; reads the file again. */
export async function firstProblems(
  connection: DuckDBConnection,
  source: RowSource,
): Promise<LogProblem[]> {
  const torn =
    source.mapping.read.as === "parquet" ? [] : await rejectedProblems(connection, source);
  const rows = await connection.runAndReadAll(
    `SELECT file_row::DOUBLE, problem FROM (${readingSql(source, true)})
     WHERE problem IS NOT NULL LIMIT ${shown}`,
  );
  const places = rows.getRows().map(([row, problem]) => ({
    row: Number(row),
    problem: String(problem),
  }));
  const lines = await linesOf(
    places.map(({ row }) => row),
    source,
    new Set(torn.map(({ line }) => line ?? 0)),
  );
  const wrong = places.map(({ row, problem }) => rowProblem(source, row, lines.get(row), problem));
  return [...torn, ...wrong].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, shown);
}

/** How often each kind of problem occurs, for a person. */
export async function problemCounts(
  connection: DuckDBConnection,
  source: RowSource,
): Promise<[string, number][]> {
  const found = await connection.runAndReadAll(
    `SELECT split_part(problem, chr(31), 1) AS kind, count(*)::DOUBLE AS times
     FROM log_rows WHERE problem IS NOT NULL GROUP BY kind ORDER BY times DESC, kind`,
  );
  return found.getRows().map(([kind, times]) => {
    const column = columnLabel(source.mapping, source.layout.columns, String(kind));
    const what = column === null ? "" : `column ${column}: `;
    return [`row left out: ${what}${expectation(source, String(kind))}`, Number(times)];
  });
}

async function rejectedProblems(
  connection: DuckDBConnection,
  { layout }: RowSource,
): Promise<LogProblem[]> {
  const found = await connection.runAndReadAll(
    `SELECT line::DOUBLE, any_value(csv_line), any_value(error_type::VARCHAR) FROM ${rejects}
     WHERE scan_id = (SELECT min(scan_id) FROM ${rejects})
     GROUP BY line ORDER BY line`,
  );
  const expected = layout.delimited?.names.length ?? 1;
  return found.getRows().map(([line, text, type]) => ({
    line: Number(line),
    row: null,
    column: null,
    value: String(text),
    expected:
      type === "MISSING COLUMNS" || type === "TOO MANY COLUMNS"
        ? `expected ${expected} values, as in the first line, not ${type === "MISSING COLUMNS" ? "fewer; it may be cut off" : "more"}`
        : `expected a line of text in UTF-8 (${String(type).toLowerCase()})`,
  }));
}

function expectation({ mapping }: RowSource, kind: string): string {
  if (kind === "unread") return `expected ${mapping.unread?.expected ?? "something else"}`;
  const ofRow = rowProblems[kind]?.expected;
  if (ofRow !== undefined) return ofRow;
  const field = kind as FieldName;
  const known = field === "state" ? Object.keys(fieldOf(mapping, "state")?.is ?? {}) : [];
  return known.length === 0
    ? expectations[kinds[field]]
    : `expected one of ${[...new Set(known)].join(", ")}`;
}

function rowProblem(
  source: RowSource,
  row: number,
  line: number | undefined,
  problem: string,
): LogProblem {
  const [kind = "", value = ""] = problem.split(separator);
  return {
    line: line ?? null,
    row,
    column: columnLabel(source.mapping, source.layout.columns, kind),
    value,
    expected: expectation(source, kind),
  };
}

/** The lines of rows of data, by counting; none where rows do not follow from lines. */
async function linesOf(
  rows: readonly number[],
  { file, compression, mapping, layout }: RowSource,
  torn: ReadonlySet<number>,
): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  const last = Math.max(0, ...rows);
  const counted = mapping.query === undefined || numbersItself(mapping);
  if (last === 0 || !counted || compression === "zstd") return lines;
  if (mapping.read.as !== "delimited" && mapping.read.as !== "lines") return lines;
  const { header = false, quote = "" } = layout.delimited ?? {};
  const wanted = new Set(rows);
  const input = createReadStream(file);
  const text = compression === "gzip" ? input.pipe(createGunzip()) : input;
  text.on("error", () => undefined);
  let [line, row, open] = [0, 0, false];
  for await (const each of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const quotes = quote === "" ? 0 : each.split(quote).length - 1;
    const goesOn = open;
    if (quotes % 2 === 1) open = !open;
    const blank = each === "" && mapping.read.as !== "lines";
    if (goesOn || (header && line === 1) || blank || torn.has(line)) continue;
    row += 1;
    if (wanted.has(row)) lines.set(row, line);
    if (row >= last) break;
  }
  input.destroy();
  return lines;
}
