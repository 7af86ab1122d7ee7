import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isStandardInput, sourceChunks } from "../workloads/swf/source";

/**
 * Calls `use` with a file that can be read more than once: the log's own, or a copy of what came out
 * of a pipe or of standard input.
 */
export async function withFile<T>(log: string, use: (file: string) => Promise<T>): Promise<T> {
  const found = isStandardInput(log) ? null : await stat(log).catch(() => null);
  // Whoever reads a missing file reports it.
  if (!isStandardInput(log) && (found === null || found.isFile() || found.isDirectory())) {
    return use(log);
  }
  const folder = await mkdtemp(path.join(tmpdir(), "schedlab-log-"));
  try {
    const copy = path.join(folder, "log");
    await pipeline(
      Readable.from(sourceChunks(log), { objectMode: false }),
      createWriteStream(copy),
    );
    return await use(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** sha256 of a file; null when it cannot be read, in which case reading it as a log says why. */
export async function fileHash(file: string): Promise<string | null> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      digest.update(chunk);
    }
  } catch {
    return null;
  }
  return digest.digest("hex");
}
