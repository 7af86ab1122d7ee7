import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { Failure } from "../../base/failure";
import type { Compression } from "./head";

const [quote, backslash, lineFeed, carriageReturn, space] = [0x22, 0x5c, 0x0a, 0x0d, 0x20];
const [open, close, openList, closeList, colon] = [0x7b, 0x7d, 0x5b, 0x5d, 0x3a];

/**
 * Cuts the objects of the array at `key` of one large JSON document into lines, so that no more than
 * one of them need be in memory. `""`: the document is the array.
 */
class RecordCutter {
  private depth = 0;
  private inText = false;
  private escaped = false;
  /** The text of the last key at the outermost level. */
  private key: number[] = [];
  private lastKey = "";
  private inArray = false;
  private arrayDepth = 0;
  private recording = false;
  /** Objects so far. */
  records = 0;

  constructor(private readonly wanted: string) {}

  /** Whether the array has been opened and closed again. */
  finished = false;

  push(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length * 2);
    let length = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      const was = this.recording;
      this.step(byte);
      if (!was && !this.recording) continue;
      out[length++] = byte === lineFeed || byte === carriageReturn ? space : byte;
      if (was && !this.recording) out[length++] = lineFeed;
    }
    return out.subarray(0, length);
  }

  private step(byte: number): void {
    if (this.inText) this.text(byte);
    else if (byte === quote) {
      this.inText = true;
      this.key = [];
    } else if (byte === colon && this.depth === 1 && !this.inArray) {
      this.lastKey = Buffer.from(this.key).toString("utf8");
    } else if (byte === open || byte === openList) this.opened(byte);
    else if (byte === close || byte === closeList) this.closed(byte);
  }

  private text(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inText = false;
    else if (this.depth === 1 && !this.inArray && this.key.length < 200) this.key.push(byte);
  }

  private opened(byte: number): void {
    const outermost = this.wanted === "" ? this.depth === 0 : this.depth === 1;
    if (
      byte === openList &&
      outermost &&
      !this.inArray &&
      !this.finished &&
      (this.wanted === "" || this.lastKey === this.wanted)
    ) {
      this.inArray = true;
      this.arrayDepth = this.depth + 1;
    } else if (byte === open && this.inArray && this.depth === this.arrayDepth) {
      this.recording = true;
    }
    this.depth += 1;
  }

  private closed(byte: number): void {
    this.depth -= 1;
    if (!this.inArray) return;
    if (byte === close && this.depth === this.arrayDepth) {
      this.recording = false;
      this.records += 1;
    } else if (byte === closeList && this.depth === this.arrayDepth - 1) {
      this.inArray = false;
      this.finished = true;
    }
  }
}

/**
 * The first object of the array in this text, which may be the beginning of a document: what there is of an object
 * that goes on beyond it. Undefined where none begins there.
 */
export function firstRecord(
  text: string,
  key: string,
): { readonly record: unknown; readonly whole: boolean } | undefined {
  const cutter = new RecordCutter(key);
  const [line = ""] = cutter.push(Buffer.from(text)).toString("utf8").split("\n");
  const whole = cutter.records > 0;
  try {
    return line === "" ? undefined : { record: JSON.parse(whole ? line : closed(line)), whole };
  } catch {
    return undefined;
  }
}

/** The beginning of an object of JSON without its last, unfinished value, and with the brackets that it lacks. */
function closed(text: string): string {
  let [inText, escaped] = [false, false];
  let open = "";
  let [end, lacking] = [0, "{}"];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (escaped) escaped = false;
    else if (inText) {
      if (character === "\\") escaped = true;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "{") open = `}${open}`;
    else if (character === "[") open = `]${open}`;
    else if (character === "}" || character === "]") open = open.slice(1);
    else if (character === ",") [end, lacking] = [at, open];
  }
  return text.slice(0, end) + lacking;
}

/**
 * Writes the objects of the array into a file, one a line. Throws Failure where the array is missing.
 * @returns whether the document goes on to its end: false where it was cut off.
 */
export async function cutRecords(
  file: string,
  compression: Compression,
  key: string,
  out: string,
): Promise<{ readonly complete: boolean }> {
  const cutter = new RecordCutter(key);
  const unpack = unpacker(compression);
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  async function* cut(chunks: AsyncIterable<Buffer>) {
    try {
      for await (const chunk of chunks) yield cutter.push(chunk);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      // What there is of a file that was cut off is read; whoever reads it says that it is not whole.
      if (code !== "Z_BUF_ERROR") throw error;
    }
  }
  const unpacked = unpack === null ? source : source.pipe(unpack);
  await pipeline(Readable.from(cut(unpacked)), createWriteStream(out));
  if (!cutter.finished && cutter.records === 0) {
    throw new Failure(`${file} has no list ${key === "" ? "of jobs" : `"${key}"`}`, {
      remedy: "say which format it has: --format NAME, or a mapping of your own (docs/logs.md)",
    });
  }
  return { complete: cutter.finished };
}

const { createZstdDecompress } = zlib as { createZstdDecompress?: () => zlib.Gunzip };

/** Whether this version of Node can unpack such a file: zstd needs 22.15. */
export function canUnpack(compression: Compression): boolean {
  return compression !== "zstd" || createZstdDecompress !== undefined;
}

export function unpacker(compression: Compression) {
  if (compression === "none") return null;
  if (compression === "gzip") return zlib.createGunzip();
  if (createZstdDecompress === undefined) {
    throw new Failure("this version of Node cannot unpack zstd", {
      remedy: "unpack the file first with: zstd -d FILE",
    });
  }
  return createZstdDecompress();
}
