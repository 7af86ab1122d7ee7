import type { Compression } from "./head";
import type { Layout } from "./layout";
import type { Mapping } from "./mapping";

/** Where the rows of a log come from. */
export interface RowSource {
  /** A file that DuckDB reads: the log itself, or its records one a line. */
  readonly file: string;
  readonly compression: Compression;
  readonly mapping: Mapping;
  readonly layout: Layout;
  /** Types of a Parquet file's columns. */
  readonly types: ReadonlyMap<string, string>;
  /** Of times without one: the session's. */
  readonly zone: string;
  /** Whether only what the store keeps is read. */
  readonly lean?: boolean | undefined;
  /** The first value of the mapping's `single` column: the statement fails at another one. */
  readonly only?: string | undefined;
}

export const rejects = "log_rejects";
/** A character that no text has, so that a line is one value. */
export const noDelimiter = "\u0001";
/** A record of a job with very many steps. */
export const longestLine = 64 * 2 ** 20;

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as DuckDB's readers take it: they would read every file that fits `jobs[2024].txt`, `j?.txt` or `all*.txt`. */
export function fileLiteral(file: string): string {
  return literal(file.replaceAll(/[[*?]/g, "[$&]"));
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A SELECT of the mapping's columns as text, in the order of the file, without what `where` leaves out.
 * @param numbered with the row of data of each, which takes a single thread.
 */
export function rowsSql(source: RowSource, numbered = false): string {
  const { query, where } = source.mapping;
  const base = `SELECT ${columnsSql(source)} FROM ${readerSql(source)}${everyColumn(source)}`;
  const rows =
    query === undefined ? `(${base})` : `(WITH source AS (${base}) SELECT * FROM (${query}))`;
  const counted =
    numbered && !numbersItself(source.mapping)
      ? `(SELECT row_number() OVER () AS file_row, * FROM ${rows})`
      : rows;
  const conditions = where === undefined ? [] : [`coalesce(${where}, true)`];
  return `SELECT * FROM ${counted} WHERE ${[...conditions, ...onlySql(source)].join(" AND ") || "true"}`;
}

/** Between two values in the error of a statement that met the second. */
export const notTheOnly = "\u001ebeside\u001e";

function onlySql({ only, mapping: { single } }: RowSource): string[] {
  if (only === undefined || single === undefined) return [];
  const column = identifier(single.column);
  const failure = `error(${literal(`${notTheOnly}${only}${notTheOnly}`)} || ${column} || ${literal(notTheOnly)})`;
  return [
    `CASE WHEN ${column} <> '' AND ${column} <> ${literal(only)} THEN ${failure} ELSE true END`,
  ];
}

/** A value that none is. */
const impossible = "\u0001\u0001";

/**
 * A condition that always holds and needs every column of the file: DuckDB 1.5 fails, and its database with it,
 * at some rows with too many values of which it need not read all.
 */
function everyColumn({ layout: { delimited } }: RowSource): string {
  if (delimited === undefined) return "";
  const all = delimited.names.map((_, place) => placeName(place)).join(", ");
  return ` WHERE coalesce(${all}) IS DISTINCT FROM ${literal(impossible)}`;
}

/** Whether the rows of the mapping's query say which row of the file they come from. */
export function numbersItself({ query }: Mapping): boolean {
  return query !== undefined && /\bAS file_row\b/.test(query);
}

function columnsSql({ mapping, layout, types }: RowSource): string {
  const { as } = mapping.read;
  const selected = Object.keys(mapping.columns).map((column) => {
    const name = layout.columns.get(column);
    const value = name === undefined ? "NULL::VARCHAR" : columnValue(as, name, layout, types);
    return `${value} AS ${identifier(column)}`;
  });
  if (as === "lines") selected.push("line");
  return selected.join(", ");
}

function columnValue(
  as: Mapping["read"]["as"],
  name: string,
  { columns, delimited }: Layout,
  types: RowSource["types"],
): string {
  if (delimited !== undefined) return placeName(delimited.names.indexOf(name));
  if (as === "json") return `nullif(v[${[...columns.values()].indexOf(name) + 1}], 'null')`;
  if (as !== "parquet") return identifier(name);
  const type = types.get(name) ?? "VARCHAR";
  const column = identifier(name);
  // An instant is what it is; without a zone it is local time in the session's.
  if (type === "TIMESTAMP WITH TIME ZONE") return `epoch(${column})::VARCHAR`;
  if (/^TIMESTAMP|^DATE$/.test(type)) {
    return `epoch(${column}::TIMESTAMP::TIMESTAMPTZ)::VARCHAR`;
  }
  if (type === "INTERVAL" || type === "TIME") return `epoch(${column})::VARCHAR`;
  if (type.endsWith("[]")) return `array_to_string(${column}, ',')`;
  return `${column}::VARCHAR`;
}

function readerSql(source: RowSource): string {
  const { file, mapping, layout } = source;
  if (mapping.read.as === "parquet") return `read_parquet(${fileLiteral(file)})`;
  if (layout.delimited !== undefined) {
    const { delimiter, quote, header, names } = layout.delimited;
    const places = names.map((_, place) => placeName(place));
    return csv(source, { delimiter, quote, header, names: places, longest: 2 ** 21 });
  }
  const lines = csv(source, {
    delimiter: noDelimiter,
    quote: "",
    header: false,
    names: ["line"],
    longest: longestLine,
  });
  if (mapping.read.as === "lines") return lines;
  const paths = [...layout.columns.values()].map((each) => literal(pointer(each))).join(", ");
  // Parsed once for all paths.
  return `(
    SELECT json_extract_string(CASE WHEN json_valid(line) THEN line ELSE '{}' END, [${paths}]) AS v
    FROM ${lines} WHERE line IS NOT NULL)`;
}

/** A column by its place: the file's own names may hold what no statement can. */
function placeName(place: number): string {
  return `value_${place + 1}`;
}

/** Of a path with dots, for DuckDB. */
function pointer(dotted: string): string {
  return `$.${dotted
    .split(".")
    .map((key) => JSON.stringify(key))
    .join(".")}`;
}

interface Csv {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly longest: number;
}

/** Lines with another number of values are in the table of rejects. */
function csv(
  { file, compression }: RowSource,
  { delimiter, quote, header, names, longest }: Csv,
): string {
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  const options = {
    auto_detect: "false",
    columns: `{${columns}}`,
    delim: literal(delimiter),
    quote: literal(quote),
    escape: literal(quote),
    header: String(header),
    compression: literal(compression),
    max_line_size: String(longest),
    // Of its own accord DuckDB takes sixteen times the longest line.
    buffer_size: String(Math.max(longest, 32 * 2 ** 20)),
    store_rejects: "true",
    rejects_table: literal(rejects),
    rejects_scan: literal(`${rejects}_scan`),
  };
  const said = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  return `read_csv(${fileLiteral(file)}, ${said.join(", ")})`;
}
