import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
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
  if (found !== null) return found.isFile();
  const folder = path.dirname(out);
  if (
    await stat(folder)
      .then((at) => at.isDirectory())
      .catch(() => false)
  )
    return true;
  throw new Failure(`${out} cannot be written: there is no folder ${folder}`, {
    remedy: `make the folder, or name another file`,
  });
}

/**
 * Lets `write` write the file of a name: a draft of it, which takes its place as a whole, or directly a pipe or a
 * device. Throws Failure where there is no such folder; what `write` throws.
 */
export async function writeFileOut<T>(
  out: string,
  write: (file: string) => Promise<T>,
): Promise<T> {
  return (await canBeReplaced(out)) ? replaceFile(out, write) : write(out);
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
  await writeFileOut(out, (file) => fill(file, write));
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
