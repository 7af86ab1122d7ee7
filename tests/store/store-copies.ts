import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeStore } from "../../store/open";

/** Stores that were made in this process, by what is in them. */
const made = new Map<string, Promise<Buffer>>();

async function fileOf(make: (file: string) => Promise<void>): Promise<Buffer> {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-store-"));
  try {
    const file = path.join(directory, "s.duckdb");
    await make(file);
    return readFileSync(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Puts a store at `file`. `make` makes it when it is the first with these contents; others are copies. */
export async function copyOfStore(
  file: string,
  contents: string,
  make: (file: string) => Promise<void>,
): Promise<void> {
  let bytes = made.get(contents);
  if (bytes === undefined) {
    bytes = fileOf(make);
    made.set(contents, bytes);
  }
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await bytes);
}

/** A store with tables and views and no run. Making the views takes most of the time of a small load. */
export function emptyStore(file: string): Promise<void> {
  return copyOfStore(file, "", (first) => writeStore(first, async () => undefined));
}
