import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { openLog } from "../../../../workloads/logs/open";
import type { LogJob } from "../../../../workloads/swf/log";
import { propertyRuns } from "../../../property-runs";
import { logFile } from "../../swf-fixture";

/** A log made by hand from the published description of its format. */
export function miniature(name: string): string {
  return path.join(__dirname, "..", "miniatures", name);
}

/** Without seconds, sizes and status that are unknown, and without the numbers that stand for names and those of the log. */
type Brief = Readonly<Record<string, unknown>>;

interface ReadLog {
  readonly jobs: readonly Brief[];
  readonly oddities: Readonly<Record<string, number>>;
  /** Seconds since 1970 at which the first job was submitted. */
  readonly start: number;
  /** Which format was recognised, and by what. */
  readonly why: string;
}

export function readLog(
  file: string,
  options: { readonly mode?: "strict" | "tolerant"; readonly zone?: string } = {},
): Promise<ReadLog> {
  return openLog(file, { mode: "strict", ...options }, async ({ log, why }) => {
    const jobs: Brief[] = [];
    for await (const batch of log.batches()) {
      for (const job of batch as LogJob[]) jobs.push(brief(job));
    }
    const start = Number(log.header.get("UnixStartTime")?.[0]);
    return { jobs, oddities: Object.fromEntries(log.oddities), start, why };
  });
}

function brief(job: LogJob): Brief {
  const { submit, wait, run, allocated, requested, estimate, status, asks } = job;
  const { id: _, ...asked } = asks ?? {};
  const known = Object.entries({ submit, wait, run, allocated, requested, estimate, status });
  return { ...Object.fromEntries(known.filter(([, value]) => value !== -1)), ...asked };
}

/** A Parquet file that DuckDB makes of a CSV file, with columns of other types as `replace` says. */
export async function parquetOf(
  csv: string,
  replace = "",
  options = "header = true",
): Promise<string> {
  const file = logFile("", "log.parquet");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * ${replace} FROM read_csv('${csv}', ${options})) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return file;
}

/** What holds for every log of text: packed, with a byte order mark, with the line ends of Windows. */
export function testVariants(name: string, format: string): void {
  test(`${name} is the same packed, with a byte order mark and with the line ends of Windows`, async () => {
    const plain = await readLog(miniature(name), { mode: "tolerant" });
    expect(plain.why).toMatch(new RegExp(`^${format} \\(`));
    const text = readFileSync(miniature(name), "utf8");
    const windows = `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    for (const content of [gzipSync(text), windows, gzipSync(windows), text.trimEnd()]) {
      expect(await readLog(logFile(content, "log"), { mode: "tolerant" })).toEqual(plain);
    }
  });
}

/**
 * Nothing that is wrong with a line makes the others unreadable.
 * @param records the key of the list of a JSON document, whose records take the place of lines.
 */
export function testFuzzed(name: string, records?: string): void {
  test(`10,000 lines of ${name} with mistakes are read, or left out and counted`, async () => {
    const text = readFileSync(miniature(name), "utf8");
    const random = randomNumbers(15);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const several = <T>(of: T, change: (before: T) => T): T => {
      let result = of;
      for (let times = Math.floor(random() * 4); times > 0; times -= 1) result = change(result);
      return result;
    };
    const number = propertyRuns(10_000);
    let content: string;
    if (records === undefined) {
      const lines = text.trimEnd().split("\n");
      const fuzzed = Array.from({ length: number }, () =>
        several(pick(lines), (line) => mistake(line, random, pick)),
      );
      // The beginning is right, so that the format is recognised.
      content = [...lines, ...fuzzed, ...lines].join("\n");
    } else {
      const document = JSON.parse(text);
      const list: unknown[] = records === "" ? document : document[records];
      const fuzzed = Array.from({ length: number }, () =>
        several(pick(list), (value) => oddValue(value, random, pick)),
      );
      const all = [...list, ...fuzzed, ...list].map((value) => JSON.stringify(value)).join(",\n");
      content = records === "" ? `[${all}]` : `{"${records}": [${all}]}`;
    }
    const { jobs, oddities } = await readLog(logFile(content, "log"), { mode: "tolerant" });
    expect(jobs.length).toBeGreaterThan(0);
    for (const { submit, wait = 0, run = 0 } of jobs) {
      expect(submit).toBeGreaterThanOrEqual(0);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(run).toBeGreaterThanOrEqual(0);
    }
    const left = Object.entries(oddities).filter(([what]) => /^(row|line) left out/.test(what));
    expect(left.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(number / 100);
  }, 60_000);
}

/** The same of a data set in Parquet, all of whose values are texts. */
export function testFuzzedParquet(name: string): void {
  test(`10,000 rows of ${name} with mistakes are read, or left out and counted`, async () => {
    const [header = "", ...lines] = readFileSync(miniature(name), "utf8").trimEnd().split("\n");
    const random = randomNumbers(16);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const rows = Array.from({ length: propertyRuns(10_000) }, () => {
      const cells = pick(lines).split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
      const at = Math.floor(random() * cells.length * 2);
      return cells
        .map((cell, place) => (place === at ? mistake(cell, random, pick) : cell))
        .map((cell) => `"${cell.replaceAll('"', '""').replaceAll(/[\r\0]/g, " ")}"`);
    });
    const csv = logFile(
      [header, ...lines, ...rows.map((row) => row.join(","))].join("\n"),
      "log.csv",
    );
    const file = await parquetOf(csv, "", "all_varchar = true");
    const { jobs, oddities } = await readLog(file, { mode: "tolerant" });
    expect(jobs.length).toBeGreaterThan(0);
    expect(
      Object.keys(oddities).filter((what) => what.startsWith("row left out")).length,
    ).toBeGreaterThan(3);
  }, 60_000);
}

const oddValues = [null, "", "x", "None", -1, 1e308, 0.5, true, [], {}, [null], { a: [1] }, "😀"];

/** A value of JSON with another one somewhere in it. */
function oddValue(value: unknown, random: () => number, pick: <T>(of: readonly T[]) => T): unknown {
  if (typeof value !== "object" || value === null || random() < 0.02) return pick(oddValues);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(oddValues)];
    const at = Math.floor(random() * value.length);
    return value.map((each, place) => (place === at ? oddValue(each, random, pick) : each));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [pick(oddTexts)]: pick(oddValues) };
  const [key, old] = pick(entries);
  if (random() < 0.1) return Object.fromEntries(entries.filter(([each]) => each !== key));
  return { ...value, [key]: oddValue(old, random, pick) };
}

const oddTexts = [
  ...['"', "'", "\\", ",", ";", "|", " ", "\t", "\r", "\0", "{", "}", "[", "]", ":", "-", "="],
  ...[
    "-1",
    "1e308",
    "99999999999999999999",
    "NaN",
    "null",
    "é",
    "\uFEFF",
    "😀",
    "%",
    "/",
    "*",
    ".",
  ],
];

function mistake(line: string, random: () => number, pick: <T>(of: readonly T[]) => T): string {
  const at = Math.floor(random() * (line.length + 1));
  const end = at + Math.floor(random() * 12);
  const kinds = [
    () => line.slice(0, at) + line.slice(end),
    () => line.slice(0, at) + pick(oddTexts) + line.slice(at),
    () => line.slice(0, at) + pick(oddTexts) + line.slice(end),
    () => line.slice(0, at) + line.slice(at, end) + line.slice(at),
    () => line.slice(0, at),
    () => line.replace(/\d+/g, (digits) => (random() < 0.1 ? pick(oddTexts) : digits)),
  ];
  return pick(kinds)();
}

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
