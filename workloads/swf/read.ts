import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf } from "../../base/thrown";
import { batchRows, SwfBatch, type SwfRow } from "./batch";
import type { SwfHeader } from "./header";
import { type SwfMode, SwfParser } from "./parse";
import { SwfError, type SwfRecord } from "./record";
import { sourceChunks, sourceName } from "./source";

const gzipMagic = Buffer.from([0x1f, 0x8b]);
/**
 * A job line has 18 numbers; a comment is some lines of prose. A longer line means that this is not a
 * text file.
 */
const longestLine = 64 * 1024;
/** Bytes of 18 numbers of one digit, with their spaces and the line feed. */
const shortestLine = 36;
const gunzipBytes = 1024 * 1024;

/**
 * A log being read. Iterate once over `batches()` or `numbers()`; the header, oddities and hash are
 * complete after the last batch. Whatever the file's size, memory holds one chunk of the file, one
 * batch, the job numbers as bits, and the jobs whose last execution is still to come.
 */
export class SwfReading {
  private readonly parser: SwfParser;
  private readonly digest = createHash("sha256");
  private sha256: string | undefined;

  /**
   * @param source a path, `-` for standard input, or the bytes themselves; read once from beginning to
   * end, so that it may be a pipe. Gzip is recognised by its first bytes.
   * @param badRowsRemedy as in OpenOptions.
   */
  constructor(
    private readonly source: string | Buffer,
    mode: SwfMode,
    readonly name: string = sourceName(source),
    badRowsRemedy?: string,
  ) {
    this.parser = new SwfParser(name, mode, badRowsRemedy);
  }

  get header(): SwfHeader {
    return this.parser.header;
  }

  /** How often each oddity occurred. */
  get oddities(): ReadonlyMap<string, number> {
    return this.parser.oddities;
  }

  get badRows(): ReadonlyMap<string, number> {
    return this.parser.badRows;
  }

  /** Lines of jobs and of their partial executions. */
  get records(): number {
    return this.parser.records;
  }

  get jobs(): number {
    return this.parser.jobs;
  }

  /** Most decimals of a submit, wait, run or requested time so far: 1 for a log in tenths of a second. */
  get timeDecimals(): number {
    return this.parser.timeDecimals;
  }

  /** sha256 of the file's bytes as they are on disk. Throws before the last batch has been read. */
  get hash(): string {
    if (this.sha256 === undefined) throw new Error(`${this.name} is not read to its end`);
    return this.sha256;
  }

  /**
   * Every job once. Throws SwfError: no such file, empty, binary, a truncated gzip, a line that `mode`
   * refuses.
   */
  async *batches(): AsyncGenerator<SwfRecord[], void, undefined> {
    for await (const batch of this.numbers()) yield batch.jobs();
  }

  /**
   * Jobs and partial executions as numbers. The batch is filled again in every iteration. Throws
   * SwfError.
   */
  async *numbers(): AsyncGenerator<SwfBatch, void, undefined> {
    const batch = new SwfBatch(rowsOf(this.source));
    let rest: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of this.bytes()) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf("\n") + 1;
        rest = bytes.subarray(end);
        if (rest.length > longestLine) {
          throw new SwfError({ file: this.name }, "a line of more than 64 KiB, not an SWF log");
        }
        yield* this.parse(bytes.subarray(0, end), batch);
      }
    } catch (error) {
      throw error instanceof SwfError ? error : this.unreadable(error);
    }
    yield* this.parse(rest, batch);
    yield* fill(this.parser.end(), batch);
    this.sha256 = this.digest.digest("hex");
    if (batch.rows > 0) yield batch;
  }

  /** Yields the batch whenever it is full. */
  private *parse(bytes: Buffer, batch: SwfBatch): Generator<SwfBatch, void, undefined> {
    const { parser } = this;
    let place = 0;
    while (place < bytes.length) {
      place = parser.pushBytes(bytes, place, batch);
      if (parser.ready.length > 0) yield* fill(parser.ready.splice(0), batch);
      if (!batch.full) continue;
      yield batch;
      batch.clear();
    }
  }

  private async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    const chunks = this.hashed();
    // A pipe may give less than the two bytes at first.
    const head: Buffer[] = [];
    for (let length = 0; length < gzipMagic.length; ) {
      const next = await chunks.next();
      if (next.done === true) break;
      head.push(next.value);
      length += next.value.length;
    }
    const start = Buffer.concat(head);
    if (!start.subarray(0, gzipMagic.length).equals(gzipMagic)) {
      if (start.length > 0) yield start;
      yield* chunks;
      return;
    }
    const gunzip = createGunzip({ chunkSize: gunzipBytes });
    const packed = Readable.from(whole(start, chunks), { objectMode: false });
    // Its error, if any, is thrown by the iteration below.
    pipeline(packed, gunzip, () => {});
    yield* gunzip;
  }

  private async *hashed(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of sourceChunks(this.source)) {
      this.digest.update(chunk);
      yield chunk;
    }
  }

  private unreadable(error: unknown): SwfError {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return new SwfError({ file: this.name }, reasons[code] ?? messageOf(error), {
      cause: error,
    });
  }
}

/** A full batch is 300 KB, and most of the time of a small log would go into it. */
function rowsOf(source: string | Buffer): number {
  if (typeof source === "string") return batchRows;
  return Math.min(batchRows, Math.ceil(source.length / shortestLine) + 1);
}

async function* whole(start: Buffer, rest: AsyncIterable<Buffer>) {
  yield start;
  yield* rest;
}

function* fill(rows: readonly SwfRow[], batch: SwfBatch): Generator<SwfBatch, void, undefined> {
  for (const row of rows) {
    if (batch.full) {
      yield batch;
      batch.clear();
    }
    batch.add(row);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENXIO: "no such device: a log can be read from standard input as -",
  EISDIR: "a directory, not a file",
  EACCES: "no permission to read it",
  Z_BUF_ERROR: "the gzip file is truncated",
  Z_DATA_ERROR: "the gzip file is corrupted",
};

/** Reads a whole log into memory. Throws SwfError as {@link SwfReading.batches}. */
export async function readSwf(
  source: string | Buffer,
  mode: SwfMode,
): Promise<{ reading: SwfReading; records: SwfRecord[] }> {
  const reading = new SwfReading(source, mode);
  const records: SwfRecord[] = [];
  for await (const batch of reading.batches()) records.push(...batch);
  return { reading, records };
}
