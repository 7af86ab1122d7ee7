import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { Failure } from "../base/failure";
import type { Resample } from "../spec/resample";
import { resampledHeader, resampledRecords } from "../workloads/resample/log";
import { SwfBatch } from "../workloads/swf/batch";
import type { SwfRecord } from "../workloads/swf/record";
import { type ReadSoFar, type Transform, Transformation } from "../workloads/swf/transform";
import { headerLines, jobLine } from "../workloads/swf/write";
import { unusable } from "../workloads/usable";
import { isStandardOutput, writeOut } from "./file-out";
import { batches, writeLines, writeText } from "./lines-out";

/** What is asked of a log whose jobs are written as lines of the standard. */
export interface NumberedLog extends ReadSoFar {
  readonly name: string;
  numbers(): AsyncIterable<SwfBatch>;
}

/**
 * Reads the log and writes it transformed. The header counts the jobs, so it is known last but comes
 * first: until then the jobs are in a file of their own. Memory does not grow with the log, unless it is
 * resampled: by users before it is cut and scaled, shaken after that.
 */
export async function writeTransformed(
  reading: NumberedLog,
  out: string,
  transform: Transform,
  resample?: Resample,
): Promise<{ written: number }> {
  const transformation = new Transformation(transform, reading);
  const folder = isStandardOutput(out) || out.startsWith("/dev/") ? tmpdir() : path.dirname(out);
  const scratch = await mkdtemp(path.join(folder, ".schedlab-")).catch((cause: unknown) => {
    throw new Failure(`cannot write into ${folder}`, { cause });
  });
  try {
    const body = path.join(scratch, "jobs");
    await writeJobs(reading, transformation, body, resample);
    if (transformation.records === 0) {
      throw new Failure(`${reading.name}: no job is left; nothing was written`);
    }
    await writeOut(out, (stream) => writeText(stream, joined(transformation, body, resample)));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { written: transformation.records };
}

async function writeJobs(
  reading: NumberedLog,
  transformation: Transformation,
  file: string,
  resample: Resample | undefined,
): Promise<void> {
  const stream = createWriteStream(file);
  const done = finished(stream);
  try {
    const transformed = transformedRecords(reading, transformation, resample);
    for await (const records of transformed) await writeLines(stream, records.map(jobLine));
    stream.end();
    await done;
  } catch (error) {
    stream.destroy();
    await done.catch(() => undefined);
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(`${reading.name}: ${error.message}`, { cause: error });
  }
}

async function* transformedRecords(
  reading: NumberedLog,
  transformation: Transformation,
  resample: Resample | undefined,
): AsyncGenerator<readonly SwfRecord[], void, undefined> {
  if (resample === undefined || resample.number === 0) {
    for await (const batch of reading.numbers()) yield transformation.batch(batch);
    return;
  }
  const read: SwfRecord[] = [];
  for await (const batch of reading.numbers()) {
    for (const record of batch.jobs()) if (unusable(record) === null) read.push(record);
  }
  const drawn = resample.method === "users" ? resampledRecords(read, resample) : read;
  const records: SwfRecord[] = [];
  for (const batch of batchesOf(drawn)) {
    for (const record of transformation.batch(batch)) records.push(record);
  }
  yield resample.method === "shake" ? resampledRecords(records, resample) : records;
}

/** The batch is filled again in every iteration. */
function* batchesOf(records: readonly SwfRecord[]): Generator<SwfBatch, void, undefined> {
  const batch = new SwfBatch();
  for (const record of records) {
    if (batch.full) {
      yield batch;
      batch.clear();
    }
    batch.add({ kind: "job", record });
  }
  yield batch;
}

async function* joined(
  transformation: Transformation,
  body: string,
  resample: Resample | undefined,
) {
  const header = transformation.header();
  yield* batches(
    headerLines(
      resample === undefined ? header : resampledHeader(header, resample, transformation.jobs),
    ),
  );
  yield* createReadStream(body, { highWaterMark: 1024 * 1024 });
}
