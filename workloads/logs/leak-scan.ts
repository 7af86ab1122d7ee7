import { createReadStream } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { NameKind } from "./anonymise";
import { type AnonymousRows, queueKinds } from "./anonymous-rows";
import { LeakSearch } from "./leaks";
import { ordinaryWords, queueWords } from "./ordinary-words";
import { fileLiteral, literal } from "./source";

/** A name of the log that a written file still has. */
export interface FoundName {
  readonly name: string;
  /** Where, for a person. */
  readonly place: string;
}

export interface ScanOptions {
  readonly format: "swf" | "parquet" | "csv";
  /** Whether partitions, QOS and constraints have been replaced. */
  readonly queues: boolean;
  /** A file for the text of a Parquet file, or of a CSV file without some of its columns. */
  readonly scratch: string;
}

/** Bytes of a name that packed data does not hold by chance. */
const certainBytes = 8;

/**
 * Looks for the names of a log in a file that was written without them: as whole values of its columns, however
 * short they are, and in its bytes. Parquet is packed, so that its rows are looked through as text as well.
 */
export async function findNames(
  connection: DuckDBConnection,
  file: string,
  rows: AnonymousRows,
  { format, queues, scratch }: ScanOptions,
): Promise<FoundName | null> {
  const replaced = [...rows.names].filter(([kind]) => queues || !queueKinds.has(kind));
  const names = new Set([...replaced.flatMap(([, of]) => of), ...rows.ids]);
  if (format === "swf") return inText(file, names);
  const asCsv = `, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"'`;
  const source =
    format === "csv"
      ? `read_csv(${fileLiteral(file)}${asCsv})`
      : `read_parquet(${fileLiteral(file)})`;
  const value = await inValues(connection, source, names, queues);
  if (value !== null) return value;
  const types = await gpuTypes(connection, source);
  const others = new Set([...names].filter((name) => !types.some((type) => type.includes(name))));
  if (format === "parquet" || others.size < names.size) {
    const rest = `SELECT * EXCLUDE (gpu_type) FROM ${source}`;
    await connection.run(`COPY (${rest}) TO ${literal(scratch)} (FORMAT csv, HEADER)`);
    const found = await inText(scratch, names);
    if (found !== null) return found;
  }
  return format === "csv" ? inText(file, others) : inBytes(file, others);
}

/**
 * Types of GPU name a product and nobody, so that somebody's job or a queue may be called like one of them: they are
 * kept, and their column is not looked through.
 */
async function gpuTypes(connection: DuckDBConnection, source: string): Promise<string[]> {
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT gpu_type FROM ${source} WHERE gpu_type IS NOT NULL`,
  );
  return found.getRows().map(([type]) => String(type));
}

/** Columns with names of the log; the others hold numbers, `state` one of ten words, `gpu_type` those of GPUs. */
const texts: Readonly<Record<string, NameKind | null>> = {
  job: null,
  label: null,
  array: null,
  het: null,
  user: "user",
  group: "group",
  account: "account",
  name: "job",
  node_list: "node",
  partition: "partition",
  qos: "qos",
  constraint: "constraint",
  dependency: null,
};

/** What stands between the names in a list of nodes or partitions, or in a constraint such as `a&b|c*2`. */
const between = "[,&|*()\\[\\]]";

async function inValues(
  connection: DuckDBConnection,
  source: string,
  names: ReadonlySet<string>,
  queues: boolean,
): Promise<FoundName | null> {
  const lowered = new Set([...names].map((name) => name.toLowerCase()));
  for (const [column, kind] of Object.entries(texts)) {
    // Ids are numbers now, and a name may be a number too.
    if (kind === null) continue;
    const kept = queueKinds.has(kind) && !queues;
    const found = await connection.runAndReadAll(
      `SELECT DISTINCT unnest(list_append(string_split_regex("${column}", '${between}'), "${column}")) FROM ${source}
       WHERE "${column}" IS NOT NULL`,
    );
    for (const [each] of found.getRows()) {
      const value = String(each);
      const plain = value.toLowerCase();
      if (!lowered.has(plain) || (kept && queueWords.has(plain))) continue;
      return { name: value, place: `column ${column}` };
    }
  }
  return null;
}

async function inText(file: string, names: ReadonlySet<string>): Promise<FoundName | null> {
  return search(file, new LeakSearch(names, ordinaryWords), (line) => `line ${line}`);
}

async function inBytes(file: string, names: ReadonlySet<string>): Promise<FoundName | null> {
  const certain = [...names].filter((name) => Buffer.byteLength(name) >= certainBytes);
  return search(file, new LeakSearch(certain, ordinaryWords), () => "the file's bytes");
}

async function search(
  file: string,
  leaks: LeakSearch,
  place: (line: number) => string,
): Promise<FoundName | null> {
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const leak = leaks.push(piece as Buffer);
    if (leak !== null) return { name: leak.name, place: place(leak.line) };
  }
  const leak = leaks.end();
  return leak === null ? null : { name: leak.name, place: place(leak.line) };
}
