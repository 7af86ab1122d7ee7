import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { SwfBatch } from "./batch";
import { type SwfMode, SwfParser } from "./parse";
import { SwfError, type SwfHeader, type SwfRecord } from "./record";

const gzipMagic = Buffer.from([0x1f, 0x8b]);
/** A job line has 18 numbers; a comment is some lines of prose. Longer is no text file. */
const longestLine = 64 * 1024;
const chunkBytes = 1024 * 1024;

/**
 * A log being read. Iterate once over `batches()` or `numbers()`; the header, oddities and hash are
 * complete after the last batch. Memory holds one chunk of the file and one batch, whatever the file's size, beside
 * the gaps in the job numbers.
 */
export class SwfReading {
  private readonly parser: SwfParser;
  private readonly digest = createHash("sha256");
  private sha256: string | undefined;

  /** @param source a path (gzip is recognised by its first bytes), or the bytes themselves. */
  constructor(
    private readonly source: string | Buffer,
    mode: SwfMode,
    readonly name: string = typeof source === "string" ? source : "(generated)",
  ) {
    this.parser = new SwfParser(name, mode);
  }

  get header(): SwfHeader {
    return this.parser.header;
  }

  /** How often each oddity occurred. */
  get oddities(): ReadonlyMap<string, number> {
    return this.parser.oddities;
  }

  get records(): number {
    return this.parser.records;
  }

  /** sha256 of the file's bytes as they lie on disk. Throws before the last batch was read. */
  get hash(): string {
    if (this.sha256 === undefined) throw new Error(`${this.name} is not read to its end`);
    return this.sha256;
  }

  /** Throws SwfError: no such file, empty, binary, a truncated gzip, a line that `mode` refuses. */
  async *batches(): AsyncGenerator<SwfRecord[], void, undefined> {
    for await (const batch of this.numbers()) yield batch.records();
  }

  /** The same as numbers. The batch is filled anew for every turn. Throws SwfError. */
  async *numbers(): AsyncGenerator<SwfBatch, void, undefined> {
    const batch = new SwfBatch();
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
    this.parser.end();
    this.sha256 = this.digest.digest("hex");
    if (batch.rows > 0) yield batch;
  }

  /** Yields the batch whenever it is full. */
  private *parse(bytes: Buffer, batch: SwfBatch): Generator<SwfBatch, void, undefined> {
    let place = 0;
    while (place < bytes.length) {
      place = this.parser.pushBytes(bytes, place, batch);
      if (!batch.full) continue;
      yield batch;
      batch.rows = 0;
    }
  }

  private async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    const bytes = Readable.from(this.hashed(), { objectMode: false });
    let stream: Readable = bytes;
    if (await isGzip(this.source)) {
      const gunzip = createGunzip({ chunkSize: chunkBytes });
      // Its error, if any, is thrown by the iteration below.
      pipeline(bytes, gunzip, () => {});
      stream = gunzip;
    }
    yield* stream;
  }

  private async *hashed(): AsyncGenerator<Buffer, void, undefined> {
    const chunks =
      typeof this.source === "string"
        ? createReadStream(this.source, { highWaterMark: chunkBytes })
        : [this.source];
    for await (const chunk of chunks) {
      this.digest.update(chunk);
      yield chunk;
    }
  }

  private unreadable(error: unknown): SwfError {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return new SwfError({ file: this.name }, reasons[code] ?? String(error), error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a directory, not a file",
  EACCES: "no permission to read it",
  Z_BUF_ERROR: "the gzip file is truncated",
  Z_DATA_ERROR: "the gzip file is corrupted",
};

async function isGzip(source: string | Buffer): Promise<boolean> {
  if (typeof source !== "string") return source.subarray(0, 2).equals(gzipMagic);
  const file = await open(source);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.subarray(0, bytesRead).equals(gzipMagic);
  } finally {
    await file.close();
  }
}

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
