import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { Failure } from "../../host/failure";
import {
  type BenchmarkRecord,
  benchmarkRecordSchema,
  type DaemonRecord,
  daemonRecordsSchema,
  type EventRecord,
  eventRecordSchema,
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
  readonly benchmarks: readonly BenchmarkRecord[];
  readonly daemons: readonly DaemonRecord[];
  readonly schedulerJobs: readonly SchedulerJobRecord[];
  /** Files whose last line was cut off; the line is left out. */
  readonly torn: readonly string[];
  /** sha256 over the files read. */
  readonly contentHash: string;
}

/**
 * Reads what a run left, whole or killed half way. Only run.json is required. Throws Failure for a
 * missing or invalid run.json and for a bad record anywhere but in a file's cut-off last line.
 */
export async function readRunDirectory(directory: string): Promise<RunContents> {
  const digest = createHash("sha256");
  const torn: string[] = [];
  const lines = async <T>(name: string, schema: z.ZodType<T>): Promise<T[]> => {
    const read = await readLines(path.join(directory, name), schema, digest);
    if (read.torn) torn.push(name);
    return read.records;
  };
  const run = await readWhole(path.join(directory, runFiles.run), runRecordSchema, digest);
  if (run === null) {
    throw new Failure(`${directory} is no run directory: it has no ${runFiles.run}`);
  }
  const nodes = await readWhole(path.join(directory, runFiles.nodes), nodeRecordsSchema, digest);
  const jobs = await lines(runFiles.jobs, jobRecordSchema);
  const events = await lines(runFiles.events, eventRecordSchema);
  const samples = await lines(runFiles.samples, sampleRecordSchema);
  const benchmarks = await lines(runFiles.benchmarks, benchmarkRecordSchema);
  const schedulerJobs = await lines(runFiles.accounting, schedulerJobRecordSchema);
  const daemonsFile = path.join(directory, runFiles.daemons);
  const daemons = await readWhole(daemonsFile, daemonRecordsSchema, digest);
  return {
    run,
    nodes: nodes ?? [],
    benchmarks,
    daemons: daemons ?? [],
    schedulerJobs,
    jobs: [...new Map(jobs.map((job) => [job.job, job])).values()].sort((a, b) => a.job - b.job),
    events: [...new Map(events.map((event) => [eventKey(event), event])).values()],
    samples,
    torn,
    contentHash: digest.digest("hex"),
  };
}

function eventKey({ job, event, source, at }: EventRecord): string {
  return `${job} ${event} ${source} ${at}`;
}

async function readWhole<T>(file: string, schema: z.ZodType<T>, digest: Hash): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Failure(`cannot read ${file}`, { cause: error });
  }
  digest.update(`${path.basename(file)}\0${text}\0`);
  const parsed = parse(text, schema);
  if ("problem" in parsed) throw new Failure(`${file}: ${parsed.problem}`);
  return parsed.record;
}

async function readLines<T>(
  file: string,
  schema: z.ZodType<T>,
  digest: Hash,
): Promise<{ records: T[]; torn: boolean }> {
  digest.update(`${path.basename(file)}\0`);
  const records: T[] = [];
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
        if ("problem" in parsed) throw new Failure(`${file}, line ${number}: ${parsed.problem}`);
        records.push(parsed.record);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  digest.update("\0");
  if (rest === "") return { records, torn: false };
  const last = parse(rest, schema);
  if ("problem" in last) return { records, torn: true };
  return { records: [...records, last.record], torn: false };
}

function parse<T>(text: string, schema: z.ZodType<T>): { record: T } | { problem: string } {
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
