import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { z } from "zod";

/** Records of a batch: enough for the store's chunks, and few enough to be in memory by themselves. */
const batchRecords = 2048;
const newline = 0x0a;

/** A record with the place of its line in the file, in bytes. */
export interface Placed<T> {
  readonly record: T;
  readonly offset: number;
  readonly length: number;
}

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

export interface LinesOptions<T> {
  readonly schema: z.ZodType<T>;
  /** Takes every byte of the file. */
  readonly digest: Hash;
  readonly onBad: (bad: BadLine) => void;
  /** The last line was cut off; it is left out. */
  readonly onTorn: () => void;
}

/** The records of a file of JSON lines, in batches; none of a file that is not there. */
export async function* recordBatches<T>(
  file: string,
  { schema, digest, onBad, onTorn }: LinesOptions<T>,
): AsyncGenerator<Placed<T>[]> {
  let batch: Placed<T>[] = [];
  let [number, offset] = [0, 0];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks(file, digest)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      number += 1;
      const parsed = parseRecord(bytes.toString("utf8", from, end), schema);
      if ("problem" in parsed) onBad({ line: number, problem: parsed.problem });
      else batch.push({ record: parsed.record, offset, length: end - from });
      offset += end + 1 - from;
      from = end + 1;
      if (batch.length < batchRecords) continue;
      yield batch;
      batch = [];
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) {
    const parsed = parseRecord(rest.toString("utf8"), schema);
    if ("problem" in parsed) onTorn();
    else batch.push({ record: parsed.record, offset, length: rest.length });
  }
  if (batch.length > 0) yield batch;
}

/** The bytes of a file, which `digest` takes too; none of a file that is not there. */
export async function* chunks(file: string, digest: Hash): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file)) {
      digest.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

export type Parsed<T> = { readonly record: T } | { readonly problem: string };

export function parseRecord<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
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
