import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Compression } from "./head";
import { unpacker } from "./records";

const [lineFeed, carriageReturn, space] = [0x0a, 0x0d, 0x20];

/**
 * Whether DuckDB gave up at a carriage return: its strict parser has no state for one within a line, nor for
 * line ends of both kinds in one file, and none of its options gives it one.
 */
export function isOddReturn(message: string): boolean {
  return /state machine reached an invalid state/i.test(message);
}

/**
 * Writes a copy of the file, unpacked, whose lines all end with a line feed alone, with a blank for every
 * carriage return within a line.
 */
export async function withoutReturns(
  file: string,
  compression: Compression,
  out: string,
  /** Bytes that are read at once. */
  chunk = 1024 * 1024,
): Promise<{ readonly withinLines: number }> {
  let withinLines = 0;
  async function* replaced(chunks: AsyncIterable<Buffer>) {
    let held: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const bytes = Buffer.concat([held, chunk]);
      // What follows the last byte comes with the next chunk.
      const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
      let from = 0;
      for (let at = bytes.indexOf(carriageReturn); at !== -1 && at < end; ) {
        if (bytes[at + 1] === lineFeed) {
          yield bytes.subarray(from, at);
          from = at + 1;
        } else {
          bytes[at] = space;
          withinLines += 1;
        }
        at = bytes.indexOf(carriageReturn, at + 1);
      }
      held = bytes.subarray(end);
      yield bytes.subarray(from, end);
    }
    if (held.length === 0) return;
    withinLines += 1;
    yield Buffer.of(space);
  }
  const source = createReadStream(file, { highWaterMark: chunk });
  const unpack = unpacker(compression);
  await pipeline(
    Readable.from(replaced(unpack === null ? source : source.pipe(unpack))),
    createWriteStream(out),
  );
  return { withinLines };
}
