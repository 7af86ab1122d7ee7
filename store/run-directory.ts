import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { Failure } from "../base/failure";
import { decisionRecordSchema, nodeEventRecordSchema, supplyRecordSchema } from "./elastic-record";
import { chunks, type Parsed, type Placed, parseRecord, recordBatches } from "./json-lines";
import {
  benchmarkRecordSchema,
  daemonRecordsSchema,
  eventRecordSchema,
  hostSampleRecordSchema,
  type JobRecord,
  jobRecordSchema,
  nodeRecordsSchema,
  type RunRecord,
  runFiles,
  runRecordSchema,
  sampleRecordSchema,
  schedulerJobRecordSchema,
} from "./record";
import { estimateRecordSchema, internalsRecordSchema } from "./scheduler-record";

/** A line of a `.jsonl` file, or a whole file of another kind, that does not hold such a record. */
export interface BadRecord {
  readonly file: string;
  /** From 1; null for the whole file. */
  readonly line: number | null;
  readonly problem: string;
}

/** `events.jsonl:7` */
export function placeOf({ file, line }: BadRecord): string {
  return line === null ? file : `${file}:${line}`;
}

/** Files with one record a line. */
export const lineSchemas = {
  jobs: jobRecordSchema,
  events: eventRecordSchema,
  samples: sampleRecordSchema,
  host: hostSampleRecordSchema,
  benchmarks: benchmarkRecordSchema,
  accounting: schedulerJobRecordSchema,
  nodeEvents: nodeEventRecordSchema,
  supply: supplyRecordSchema,
  decisions: decisionRecordSchema,
  estimates: estimateRecordSchema,
  internals: internalsRecordSchema,
} as const;
type LineFile = keyof typeof lineSchemas;

/** Files that are one JSON array. */
const wholeSchemas = { nodes: nodeRecordsSchema, daemons: daemonRecordsSchema } as const;
type WholeFile = keyof typeof wholeSchemas;

/** In the order in which they are read, on which the content hash depends. */
const recordFiles: readonly (LineFile | WholeFile)[] = [
  ...(["nodes", "jobs", "events", "samples", "host", "benchmarks"] as const),
  ...(["accounting", "daemons", "nodeEvents", "supply", "decisions"] as const),
  ...(["estimates", "internals"] as const),
];

function isWhole(file: LineFile | WholeFile): file is WholeFile {
  return Object.hasOwn(wholeSchemas, file);
}

/**
 * What a run left, whether it is complete or was killed halfway, read file by file in the order of
 * `recordFiles` and never as a whole. Only run.json is required: a bad record elsewhere is named and
 * skipped.
 */
export class RunReading {
  readonly directory: string;
  readonly run: RunRecord;
  /** Files whose last line was cut off; the line is left out. Of what was read so far. */
  readonly torn: string[] = [];
  /** What could not be read and is left out. Of what was read so far. */
  readonly bad: BadRecord[] = [];
  readonly #digest: Hash;

  private constructor(directory: string, run: RunRecord, digest: Hash) {
    this.directory = directory;
    this.run = run;
    this.#digest = digest;
  }

  /** Throws Failure for a missing or invalid run.json. */
  static async open(directory: string): Promise<RunReading> {
    const file = path.join(directory, runFiles.run);
    const digest = createHash("sha256");
    const run = await readWhole(file, runRecordSchema, digest);
    if (run === null) {
      throw new Failure(`${directory} is no run directory: it has no ${runFiles.run}`);
    }
    if ("problem" in run) throw new Failure(`${file}: ${run.problem}`);
    return new RunReading(directory, run.record, digest);
  }

  /** The records of a file that is one JSON array; none where it is missing or bad. */
  async whole<T>(name: string, schema: z.ZodType<T[]>): Promise<T[]> {
    const read = await readWhole(this.#path(name), schema, this.#digest);
    if (read === null) return [];
    if (!("problem" in read)) return read.record;
    this.bad.push({ file: name, line: null, problem: read.problem });
    return [];
  }

  /** The records of a file with one a line, in batches. */
  async *batches<T>(name: string, schema: z.ZodType<T>): AsyncGenerator<Placed<T>[]> {
    this.#digest.update(`${name}\0`);
    yield* recordBatches(this.#path(name), {
      schema,
      digest: this.#digest,
      onBad: (bad) => this.bad.push({ file: name, ...bad }),
      onTorn: () => this.torn.push(name),
    });
    this.#digest.update("\0");
  }

  /** Reads all files for what is bad in them alone. */
  async passBy(): Promise<void> {
    for (const file of recordFiles) {
      if (isWhole(file)) await this.whole<unknown>(runFiles[file], wholeSchemas[file]);
      else for await (const _ of this.batches<unknown>(runFiles[file], lineSchemas[file]));
    }
  }

  /** The jobs' records at these places of jobs.jsonl, which `batches` gave. */
  jobsAt(places: readonly { readonly offset: number; readonly length: number }[]): JobRecord[] {
    const file = openSync(this.#path(runFiles.jobs), "r");
    try {
      return places.map(({ offset, length }) => {
        const bytes = Buffer.alloc(length);
        readSync(file, bytes, 0, length, offset);
        return jobRecordSchema.parse(JSON.parse(bytes.toString("utf8")));
      });
    } finally {
      closeSync(file);
    }
  }

  /** What was found when all files have been read; the hash is sha256 over them. */
  contents(): { readonly contentHash: string; readonly bad: readonly BadRecord[] } {
    return { contentHash: this.#digest.copy().digest("hex"), bad: this.bad };
  }

  #path(name: string): string {
    return path.join(this.directory, name);
  }
}

/** The content hash of a run directory, whose records are only passed by. Throws Failure. */
export async function contentHashOf(directory: string): Promise<string> {
  const digest = createHash("sha256");
  const add = async (name: string) => {
    const text = await readText(path.join(directory, name));
    if (text !== null) digest.update(`${name}\0${text}\0`);
  };
  await add(runFiles.run);
  for (const file of recordFiles) {
    const name = runFiles[file];
    if (isWhole(file)) await add(name);
    else {
      digest.update(`${name}\0`);
      for await (const _ of chunks(path.join(directory, name), digest));
      digest.update("\0");
    }
  }
  return digest.digest("hex");
}

/** Null when there is no such file. */
async function readWhole<T>(
  file: string,
  schema: z.ZodType<T>,
  digest: Hash,
): Promise<Parsed<T> | null> {
  const text = await readText(file);
  if (text === null) return null;
  digest.update(`${path.basename(file)}\0${text}\0`);
  return parseRecord(text, schema);
}

/** Null when there is no such file. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Failure(`cannot read ${file}`, { cause: error });
  }
}
