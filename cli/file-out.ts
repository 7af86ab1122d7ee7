import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { Failure } from "../base/failure";
import { replaceFile } from "../base/whole-file";

const standardOutput: ReadonlySet<string> = new Set(["-", "/dev/stdout", "/dev/fd/1"]);

/** Whether `--out` names standard output. */
export function isStandardOutput(out: string): boolean {
  return standardOutput.has(out);
}

/** Whether `--out` names a file, and neither standard output nor a device. */
export function isFileOut(out: string): boolean {
  return !isStandardOutput(out) && !out.startsWith("/dev/");
}

/** Whether the name is free or that of a file; a pipe or a device (`/dev/null`) must not be replaced. */
async function canBeReplaced(out: string): Promise<boolean> {
  const found = await stat(out).catch(() => null);
  if (found?.isDirectory()) throw new Failure(`${out} is a directory, not a file`);
  return found === null || found.isFile();
}

/**
 * Directs what `write` writes: into a file that appears as a whole or not at all, or directly into
 * standard output (`-`), a pipe or a device.
 */
export async function writeOut(
  out: string,
  write: (stream: Writable) => Promise<void>,
): Promise<void> {
  if (isStandardOutput(out)) return write(process.stdout);
  if (!(await canBeReplaced(out))) return fill(out, write);
  await replaceFile(out, (draft) => fill(draft, write));
}

async function fill(file: string, write: (stream: Writable) => Promise<void>): Promise<void> {
  const stream = createWriteStream(file);
  const done = finished(stream);
  try {
    await write(stream);
    stream.end();
    await done;
  } catch (error) {
    stream.destroy();
    await done.catch(() => undefined);
    throw error;
  }
}
