import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { Failure } from "../../../../base/failure";
import { openLog } from "../../../../workloads/logs/open";
import type { LogJob } from "../../../../workloads/swf/log";
import { propertyRuns } from "../../../property-runs";
import { logFile } from "../../swf-fixture";

/** A log made by hand from the published description of its format. */
export function miniature(name: string): string {
  return path.join(__dirname, "..", "miniatures", name);
}

/** Without seconds, sizes and status that are unknown, and without the numbers that stand for names. */
export type Brief = Partial<LogJob> & Readonly<Record<string, unknown>>;

interface ReadLog {
  readonly jobs: readonly Brief[];
  readonly oddities: Readonly<Record<string, number>>;
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
    return { jobs, oddities: Object.fromEntries(log.oddities), why };
  });
}

function brief(job: LogJob): Brief {
  const { submit, wait, run, allocated, requested, estimate, status, asks } = job;
  const known = Object.entries({ submit, wait, run, allocated, requested, estimate, status });
  return { ...Object.fromEntries(known.filter(([, value]) => value !== -1)), ...asks };
}

/** A Parquet file that DuckDB makes of a miniature, with columns of other types as `replace` says. */
export async function parquetOf(name: string, replace = ""): Promise<string> {
  const file = logFile("", "log.parquet");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * ${replace} FROM read_csv('${miniature(name)}')) TO '${file}' (FORMAT parquet)`,
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

/** Lines of the log with mistakes in them. */
export function testFuzzed(name: string): void {
  test(`10,000 lines of ${name} with mistakes are read, or left out and counted`, async () => {
    const lines = readFileSync(miniature(name), "utf8").trimEnd().split("\n");
    const random = randomNumbers(15);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const fuzzed = Array.from({ length: propertyRuns(10_000) }, () => {
      let line = pick(lines);
      for (let mistakes = Math.floor(random() * 4); mistakes > 0; mistakes -= 1) {
        line = mistake(line, random, pick);
      }
      return line;
    });
    // The beginning is right, so that the format is recognised.
    const file = logFile([...lines, ...fuzzed, ...lines].join("\n"), "log");
    const result = await readLog(file, { mode: "tolerant" }).catch((error: unknown) => error);
    if (process.env.DBG)
      console.log(
        name,
        result instanceof Error
          ? [result.message, (result as Failure).detail?.slice(0, 600)]
          : [(result as ReadLog).jobs.length, (result as ReadLog).oddities],
      );
    if (result instanceof Error) {
      expect(result).toBeInstanceOf(Failure);
      expect(result.message).toContain(file);
      return;
    }
    const { jobs, oddities } = result as ReadLog;
    expect(jobs.length).toBeGreaterThan(0);
    for (const { submit, wait = 0, run = 0 } of jobs) {
      expect(submit).toBeGreaterThanOrEqual(0);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(run).toBeGreaterThanOrEqual(0);
    }
    expect(Object.values(oddities).every((count) => count > 0)).toBe(true);
  }, 60_000);
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
