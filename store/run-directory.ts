import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { Failure } from "../base/failure";
import {
  type DecisionRecord,
  decisionRecordSchema,
  type NodeEventRecord,
  nodeEventRecordSchema,
  type SupplyRecord,
  supplyRecordSchema,
} from "./elastic-record";
import {
  type BenchmarkRecord,
  benchmarkRecordSchema,
  type DaemonRecord,
  daemonRecordsSchema,
  type EventRecord,
  eventRecordSchema,
  type HostSampleRecord,
  hostSampleRecordSchema,
  type JobRecord,
  jobRecordSchema,
  type NodeRecord,
  nodeRecordsSchema,
  type RunRecord,
  runFiles,
  runRecordSchema,
  type SampleRecord,
  type SchedulerJobRecord,
  sampleRecordSchema,
  schedulerJobRecordSchema,
} from "./record";

export interface RunContents {
  readonly run: RunRecord;
  readonly nodes: readonly NodeRecord[];
  /** The last record of each job, by number. */
  readonly jobs: readonly JobRecord[];
  readonly events: readonly EventRecord[];
  readonly samples: readonly SampleRecord[];
  readonly host: readonly HostSampleRecord[];
  readonly benchmarks: readonly BenchmarkRecord[];
  readonly daemons: readonly DaemonRecord[];
  readonly schedulerJobs: readonly SchedulerJobRecord[];
  /** Of runs with an elastic pool; empty for others. */
  readonly nodeEvents: readonly NodeEventRecord[];
  readonly supply: readonly SupplyRecord[];
  readonly decisions: readonly DecisionRecord[];
  /** Files whose last line was cut off; the line is left out. */
  readonly torn: readonly string[];
  /** What could not be read and is left out. */
  readonly bad: readonly BadRecord[];
  /** sha256 over the files read. */
  readonly contentHash: string;
}

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

/**
 * Reads what a run left, whether it is complete or was killed halfway. Only run.json is required: a bad
 * record elsewhere is named and skipped. Throws Failure for a missing or invalid run.json.
 */
export async function readRunDirectory(directory: string): Promise<RunContents> {
  const digest = createHash("sha256");
  const torn: string[] = [];
  const bad: BadRecord[] = [];
  const lines = async <T>(name: string, schema: z.ZodType<T>): Promise<T[]> => {
    const read = await readLines(path.join(directory, name), schema, digest);
    if (read.torn) torn.push(name);
    bad.push(...read.bad.map((entry) => ({ file: name, ...entry })));
    return read.records;
  };
  const whole = async <T>(name: string, schema: z.ZodType<T[]>): Promise<T[]> => {
    const read = await readWhole(path.join(directory, name), schema, digest);
    if (read === null) return [];
    if (!("problem" in read)) return read.record;
    bad.push({ file: name, line: null, problem: read.problem });
    return [];
  };
  const runFile = path.join(directory, runFiles.run);
  const run = await readWhole(runFile, runRecordSchema, digest);
  if (run === null) {
    throw new Failure(`${directory} is no run directory: it has no ${runFiles.run}`);
  }
  if ("problem" in run) throw new Failure(`${runFile}: ${run.problem}`);
  const nodes = await whole(runFiles.nodes, nodeRecordsSchema);
  const jobs = await lines(runFiles.jobs, jobRecordSchema);
  const events = await lines(runFiles.events, eventRecordSchema);
  const samples = await lines(runFiles.samples, sampleRecordSchema);
  const host = await lines(runFiles.host, hostSampleRecordSchema);
  const benchmarks = await lines(runFiles.benchmarks, benchmarkRecordSchema);
  const schedulerJobs = await lines(runFiles.accounting, schedulerJobRecordSchema);
  const daemons = await whole(runFiles.daemons, daemonRecordsSchema);
  const nodeEvents = await lines(runFiles.nodeEvents, nodeEventRecordSchema);
  const supply = await lines(runFiles.supply, supplyRecordSchema);
  const decisions = await lines(runFiles.decisions, decisionRecordSchema);
  return {
    run: run.record,
    nodes,
    benchmarks,
    daemons,
    schedulerJobs,
    nodeEvents,
    supply,
    decisions,
    jobs: [...new Map(jobs.map((job) => [job.job, job])).values()].sort((a, b) => a.job - b.job),
    events: [...new Map(events.map((event) => [eventKey(event), event])).values()],
    samples,
    host,
    torn,
    bad,
    contentHash: digest.digest("hex"),
  };
}

function eventKey({ job, event, source, at }: EventRecord): string {
  return `${job} ${event} ${source} ${at}`;
}

/** Null when there is no such file. */
async function readWhole<T>(
  file: string,
  schema: z.ZodType<T>,
  digest: Hash,
): Promise<Parsed<T> | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Failure(`cannot read ${file}`, { cause: error });
  }
  digest.update(`${path.basename(file)}\0${text}\0`);
  return parse(text, schema);
}

async function readLines<T>(
  file: string,
  schema: z.ZodType<T>,
  digest: Hash,
): Promise<{ records: T[]; torn: boolean; bad: { line: number; problem: string }[] }> {
  digest.update(`${path.basename(file)}\0`);
  const records: T[] = [];
  const bad: { line: number; problem: string }[] = [];
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, "utf8")) {
      digest.update(chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        number += 1;
        const parsed = parse(line, schema);
        if ("problem" in parsed) bad.push({ line: number, problem: parsed.problem });
        else records.push(parsed.record);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  digest.update("\0");
  if (rest === "") return { records, torn: false, bad };
  const last = parse(rest, schema);
  if ("problem" in last) return { records, torn: true, bad };
  return { records: [...records, last.record], torn: false, bad };
}

type Parsed<T> = { readonly record: T } | { readonly problem: string };

function parse<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `not JSON: ${text.slice(0, 60)}` };
  }
  const result = schema.safeParse(value);
  if (result.success) return { record: result.data };
  return { problem: z.prettifyError(result.error).replaceAll("\n", " ") };
}
