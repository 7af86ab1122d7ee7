import { createHash } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../base/failure";
import { programsFrom, type Task } from "../task";

const mebibyte = 1024 * 1024;
/** It travels to each node as text through one SSH channel. */
const mostBytes = 64 * mebibyte;

/**
 * SHA-256 in hex over the names, contents and executable bits of everything in the directory, which is
 * what is copied to the nodes; links count as links. Owner and dates do not matter. Throws Failure for
 * more than 64 MiB.
 */
export async function directoryHash(directory: string): Promise<string> {
  const digest = createHash("sha256");
  let bytes = 0;
  for (const { entry, name } of await entriesOf(directory)) {
    const file = path.join(directory, name);
    if (entry.isSymbolicLink()) {
      digest.update(JSON.stringify({ name, link: await readlink(file) }));
    } else if (entry.isFile()) {
      const { size, mode } = await stat(file);
      bytes += size;
      if (bytes > mostBytes) throw tooLarge(directory);
      const executable = (mode & constants.S_IXUSR) !== 0;
      const content = createHash("sha256").update(await readFile(file));
      digest.update(JSON.stringify({ name, executable, content: content.digest("hex") }));
    } else {
      digest.update(JSON.stringify({ name }));
    }
  }
  return digest.digest("hex");
}

/** The hash of the programs that these tasks bring along; null when they bring none: the image's key covers others. */
export function programHash(tasks: readonly Task[]): string | null {
  const hashes = new Set(programsFrom(tasks, "directory").map(({ hash }) => hash));
  const [first, ...others] = [...hashes].sort();
  if (first === undefined) return null;
  if (others.length === 0) return first;
  return createHash("sha256")
    .update([first, ...others].join("\n"))
    .digest("hex");
}

interface Entry {
  readonly entry: Dirent;
  /** Relative to the directory. */
  readonly name: string;
}

async function entriesOf(directory: string): Promise<Entry[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const entries = found.map((entry) => ({
    entry,
    name: path.relative(directory, path.join(entry.parentPath, entry.name)),
  }));
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function tooLarge(directory: string): Failure {
  const most = `${mostBytes / mebibyte} MiB`;
  return new Failure(`${directory} holds more than ${most}`, {
    remedy: `keep only the program and what it needs there, at most ${most}`,
  });
}
