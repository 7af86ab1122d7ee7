import { readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import type { SwfMode } from "../swf/parse";
import { droppedDependencies } from "./dependencies";
import { LogError, type LogProblem } from "./failure";
import type { Mapping } from "./mapping";
import { firstProblems, problemCounts, rejectedLines } from "./problems";
import type { Recognised } from "./recognise";
import { canUnpack, cutRecords } from "./records";
import { isOddReturn, withoutReturns } from "./returns";
import { type RowFacts, readRows, rowFacts } from "./rows";
import { notTheOnly, type RowSource } from "./source";
import { ambiguousTimes } from "./zone";
import { unpackZstd } from "./zstd";

export interface LoadOptions {
  readonly file: string;
  /** What an error calls the file. */
  readonly name: string;
  readonly mode: SwfMode;
  /** As in OpenOptions. */
  readonly badRowsRemedy?: string | undefined;
  /** Of times without one; left out: the mapping's. */
  readonly zone?: string | undefined;
  /** Whether only what the store keeps is read. */
  readonly lean?: boolean | undefined;
  /** A folder for the records of a JSON document. */
  readonly scratch: () => Promise<string>;
}

/** What the tables `log_jobs` and `log_attempts` hold. */
export interface LoadedLog {
  readonly jobs: number;
  /** Rows of jobs, with all their attempts; those that were left out are not counted. */
  readonly records: number;
  /** The whole second of the first submission, in seconds since 1970: 0 in the jobs. */
  readonly origin: number;
  /** How often each oddity occurred, for a person. */
  readonly oddities: ReadonlyMap<string, number>;
  /** Of these, what a strict reading refuses. */
  readonly badRows: ReadonlyMap<string, number>;
  /** Whether `log_jobs` is a table with jobs of several rows; else a view of `log_rows`. */
  readonly merged: boolean;
  /** Whether any job is of an array, has a list of nodes. */
  readonly withArrays: boolean;
  readonly withNodes: boolean;
}

const jobsSql = readFileSync(path.join(__dirname, "jobs.sql"), "utf8");

/**
 * Reads a recognised log into the connection's temporary tables `log_jobs` and `log_attempts`. Strict
 * refuses the first problems, tolerant leaves their rows out and counts them. Not within a transaction,
 * where rows have ids that do not count them. Throws LogError, Failure.
 */
export async function loadLog(
  connection: DuckDBConnection,
  recognised: Recognised,
  options: LoadOptions,
): Promise<LoadedLog> {
  const { mapping, layout, types, head } = recognised;
  const { file, complete } = await rowFile(connection, recognised, options);
  const zone = options.zone ?? mapping.zone;
  await setZone(connection, zone);
  const { source, returns } = await readAll(
    connection,
    {
      file,
      compression: file === options.file ? head.compression : "none",
      mapping,
      layout,
      types,
      zone,
      lean: options.lean,
    },
    options,
  );
  if (!complete && options.mode === "strict") {
    throw new LogError(
      options.name,
      [whole("the file ends before its last bracket: it is cut off")],
      1,
      orElse("write the file again", options),
    );
  }
  const facts = await rowFacts(connection);
  refuseMilliseconds(facts, options.name);
  const torn = mapping.read.as === "parquet" ? 0 : await rejectedLines(connection);
  const total = facts.problems + torn;
  if (total > 0 && (options.mode === "strict" || facts.firstSubmit === null)) {
    const problems = await firstProblems(connection, source);
    throw new LogError(
      options.name,
      problems,
      total,
      facts.firstSubmit === null ? "mend these rows" : orElse("mend these rows", options),
    );
  }
  const firstSubmit = refuseEmpty(facts, options.name);
  const merged = facts.repeated || facts.groups > 0 || facts.problems > 0;
  await makeJobs(connection, merged);
  const badRows = new Map<string, number>();
  if (!complete) badRows.set("file cut off before its end", 1);
  if (torn > 0) badRows.set("line left out: another number of values, or no text", torn);
  if (facts.problems > 0) {
    for (const [what, times] of await problemCounts(connection, source)) badRows.set(what, times);
  }
  const oddities = new Map<string, number>();
  if (returns > 0) oddities.set("carriage return within a line, read as a blank", returns);
  for (const [what, times] of badRows) oddities.set(what, times);
  for (const [what, times] of await ambiguousTimes(connection, facts)) oddities.set(what, times);
  for (const [what, jobs] of await droppedDependencies(connection)) oddities.set(what, jobs);
  const counted = merged
    ? await countJobs(connection)
    : { jobs: facts.rows, records: facts.rows, twice: 0 };
  if (counted.twice > 0) oddities.set("row given twice", counted.twice);
  const { withArrays, withNodes } = facts;
  return {
    ...counted,
    origin: Math.floor(firstSubmit),
    oddities,
    badRows,
    merged,
    withArrays,
    withNodes,
  };
}

async function readAll(
  connection: DuckDBConnection,
  source: RowSource,
  { name, scratch }: LoadOptions,
): Promise<{ readonly source: RowSource; readonly returns: number }> {
  try {
    await readRows(connection, source);
    return { source, returns: 0 };
  } catch (error) {
    if (!isOddReturn(messageOf(error))) throw unreadable(error, name, source.mapping);
  }
  const file = path.join(await scratch(), "without-returns");
  const { withinLines } = await withoutReturns(source.file, source.compression, file);
  const mended: RowSource = { ...source, file, compression: "none" };
  try {
    await readRows(connection, mended);
  } catch (error) {
    throw unreadable(error, name, source.mapping);
  }
  return { source: mended, returns: withinLines };
}

async function rowFile(
  connection: DuckDBConnection,
  { mapping, head: { compression } }: Recognised,
  { file, scratch }: LoadOptions,
) {
  if (mapping.read.as !== "json" || mapping.read.records === undefined) {
    return { file, complete: true };
  }
  const { records } = mapping.read;
  const out = path.join(await scratch(), "records.jsonl");
  if (canUnpack(compression)) {
    return { file: out, ...(await cutRecords(file, compression, records, out)) };
  }
  const unpacked = path.join(await scratch(), "unpacked.json");
  await unpackZstd(connection, file, unpacked);
  return { file: out, ...(await cutRecords(unpacked, "none", records, out)) };
}

async function setZone(connection: DuckDBConnection, zone: string): Promise<void> {
  try {
    await connection.run(`SET TimeZone = '${zone.replaceAll("'", "''")}'`);
  } catch (error) {
    throw new Failure(`there is no time zone "${zone}"`, {
      cause: error,
      remedy: "name one such as Europe/Berlin or UTC",
    });
  }
}

async function makeJobs(connection: DuckDBConnection, merged: boolean): Promise<void> {
  await connection.run("DROP TABLE IF EXISTS temp.log_attempts");
  const kind = await connection.runAndReadAll(
    "SELECT table_type FROM information_schema.tables WHERE table_name = 'log_jobs'",
  );
  for (const [type] of kind.getRows()) {
    await connection.run(`DROP ${String(type).includes("VIEW") ? "VIEW" : "TABLE"} temp.log_jobs`);
  }
  if (merged) await connection.run(jobsSql);
  else {
    await connection.run(
      `CREATE TEMP VIEW log_jobs AS
       SELECT rowid AS place, *, 1 AS attempts, rowid AS first_row FROM log_rows`,
    );
  }
}

async function countJobs(connection: DuckDBConnection) {
  const found = await connection.runAndReadAll(`
    SELECT (SELECT count(*) FROM log_jobs)::DOUBLE,
      (SELECT count(*) FROM log_rows WHERE problem IS NULL)::DOUBLE,
      (SELECT count(*) FROM log_attempts WHERE twice)::DOUBLE`);
  const [jobs, records, twice] = found.getRows()[0] ?? [];
  return { jobs: Number(jobs), records: Number(records) - Number(twice), twice: Number(twice) };
}

function refuseMilliseconds({ farMoment }: RowFacts, name: string): void {
  if (farMoment === null) return;
  throw new LogError(
    name,
    [
      whole(
        `a time is ${farMoment} s since 1970, which is after the year 2200: are these milliseconds?`,
      ),
    ],
    1,
    "say the unit in a mapping, such as fields.submit: {column: submit, unit: milliseconds}",
  );
}

function refuseEmpty({ rows, firstSubmit }: RowFacts, name: string): number {
  if (rows === 0) {
    throw new LogError(name, [whole("it has no row of a job")], 1, "take a log with jobs in it");
  }
  if (firstSubmit === null) {
    throw new LogError(
      name,
      [whole("no row has a time of submission, without which jobs cannot be submitted again")],
      1,
      "take a log with submission times, or say in a mapping where they are",
    );
  }
  return firstSubmit;
}

function orElse(first: string, { badRowsRemedy }: LoadOptions): string {
  return badRowsRemedy === undefined ? first : `${first}, or ${badRowsRemedy}`;
}

function whole(expected: string): LogProblem {
  return { line: null, row: null, column: null, value: null, expected };
}

function unreadable(error: unknown, name: string, { single }: Mapping): Failure {
  const text = messageOf(error);
  const [, one, other] = text.split(notTheOnly);
  if (single !== undefined && other !== undefined) {
    return new Failure(`${name} is ${single.otherwise}, such as "${one}" and "${other}"`, {
      remedy: single.remedy,
    });
  }
  if (/no space left|out of memory/i.test(text)) {
    return new Failure(`${name} does not fit into memory and the temporary folder`, {
      detail: text,
      cause: error,
      remedy: "free some space, or set TMPDIR to a folder with more",
    });
  }
  return new Failure(`${name} cannot be read: ${text.split("\n")[0]}`, {
    detail: text,
    cause: error,
  });
}
