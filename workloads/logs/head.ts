import { open } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";

/** Enough for a header and some rows, and for a record of JSON with many steps. */
export const headBytes = 256 * 1024;

export type Compression = "none" | "gzip" | "zstd";

/** The beginning of a file, by which its format is recognised. */
export interface LogHead {
  readonly compression: Compression;
  readonly parquet: boolean;
  /** Unpacked, without a byte order mark; "" for Parquet. */
  readonly text: string;
  /** Whether the text is the whole file. */
  readonly whole: boolean;
}

/** Throws Failure: it cannot be read. A file that is packed with zstd is unpacked by `zstd`. */
export async function readHead(
  file: string,
  zstd: (file: string) => Promise<string>,
): Promise<LogHead> {
  const bytes = await firstBytes(file);
  const whole = bytes.length < headBytes;
  const starts = (...magic: number[]) => magic.every((byte, at) => bytes[at] === byte);
  if (starts(0x50, 0x41, 0x52, 0x31)) {
    return { compression: "none", parquet: true, text: "", whole: false };
  }
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) {
    return { compression: "zstd", parquet: false, text: plain(await zstd(file)), whole: false };
  }
  if (starts(0x1f, 0x8b)) {
    return { compression: "gzip", parquet: false, text: plain(unpacked(bytes)), whole: false };
  }
  return { compression: "none", parquet: false, text: plain(bytes.toString("utf8")), whole };
}

async function firstBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** What is cut off or corrupted is told by whoever reads the whole file. */
function unpacked(bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
  } catch {
    return "";
  }
}

function plain(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** Lines that have ended within the head; the last one too where the head is the whole file. */
export function wholeLines({ text, whole }: LogHead): string[] {
  const lines = text.split("\n");
  if (!whole && lines.length > 1) lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}
