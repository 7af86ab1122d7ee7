import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { Failure } from "../base/failure";
import type { SwfReading } from "../workloads/swf/read";
import { type Transform, Transformation } from "../workloads/swf/transform";
import { headerLines, jobLine } from "../workloads/swf/write";
import { isStandardOutput, writeOut } from "./file-out";
import { batches, writeLines, writeText } from "./lines-out";

/**
 * Reads the log and writes it transformed. The header counts the jobs, so it is known last but comes
 * first: until then the jobs are in a file of their own. Memory does not grow with the log.
 */
export async function writeTransformed(
  reading: SwfReading,
  out: string,
  transform: Transform,
): Promise<{ written: number }> {
  const transformation = new Transformation(transform, reading);
  const folder = isStandardOutput(out) || out.startsWith("/dev/") ? tmpdir() : path.dirname(out);
  const scratch = await mkdtemp(path.join(folder, ".schedlab-")).catch((cause: unknown) => {
    throw new Failure(`cannot write into ${folder}`, { cause });
  });
  try {
    const body = path.join(scratch, "jobs");
    await writeJobs(reading, transformation, body);
    if (transformation.records === 0) {
      throw new Failure(`${reading.name}: no job is left; nothing was written`);
    }
    await writeOut(out, (stream) => writeText(stream, joined(transformation, body)));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { written: transformation.records };
}

async function writeJobs(
  reading: SwfReading,
  transformation: Transformation,
  file: string,
): Promise<void> {
  const stream = createWriteStream(file);
  const done = finished(stream);
  try {
    for await (const batch of reading.numbers()) {
      await writeLines(stream, transformation.batch(batch).map(jobLine));
    }
    stream.end();
    await done;
  } catch (error) {
    stream.destroy();
    await done.catch(() => undefined);
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(`${reading.name}: ${error.message}`, { cause: error });
  }
}

async function* joined(transformation: Transformation, body: string) {
  yield* batches(headerLines(transformation.header()));
  yield* createReadStream(body, { highWaterMark: 1024 * 1024 });
}
