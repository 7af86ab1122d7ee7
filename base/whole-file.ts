import fs from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Failure } from "./failure";
import { messageOf } from "./thrown";

/** Replaces a file whole: a reader sees the old or the new one, also after a power cut. */
export function writeWhole(file: string, content: string | Buffer, mode = 0o644): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const fd = fs.openSync(temporary, "w", mode);
    try {
      writeAll(fd, Buffer.from(content));
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw unwritable(file, error);
  }
}

/**
 * Lets `fill` write a draft beside the file, which then takes the file's place: a reader sees the old
 * file or the new one. @throws what `fill` throws, or what renaming does; the draft is removed.
 */
export async function replaceFile<T>(
  file: string,
  fill: (draft: string) => Promise<T>,
): Promise<T> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const filled = await fill(draft);
    await rename(draft, file);
    return filled;
  } finally {
    await rm(draft, { force: true });
  }
}

/** One write may take less than it is given. */
export function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
}

export function unwritable(file: string, error: unknown): Failure {
  const why = messageOf(error);
  return new Failure(`${file} cannot be written: ${why}`, { cause: error });
}
