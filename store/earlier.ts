import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { newestVersion } from "./migrate";
import { type StoreOptions, writeStore } from "./open";
import { runFiles } from "./record";

/** Sizes and times of the files that are read: if they are equal, nothing has been written since. */
export function directoryState(directory: string): string {
  const names = new Set<string>(Object.values(runFiles).filter((name) => name !== runFiles.log));
  const present = readdirSync(directory).filter((name) => names.has(name));
  return present
    .sort()
    .map((name) => {
      const { size, mtimeNs } = statSync(path.join(directory, name), { bigint: true });
      return `${name} ${size} ${mtimeNs}`;
    })
    .join("\n");
}

export interface UnloadedOptions extends StoreOptions {
  /** Includes those that an older version of schedlab loaded. */
  readonly older: boolean;
}

/**
 * Which of these run directories the store lacks, or holds in a state from before they were last
 * written. Throws Failure.
 */
export async function unloadedRuns(
  directories: readonly string[],
  storePath: string,
  options: UnloadedOptions,
): Promise<string[]> {
  if (directories.length === 0 || !existsSync(storePath)) return [...directories];
  const known = await writeStore(
    storePath,
    async (connection) => {
      const reader = await connection.runAndReadAll(
        "SELECT run_id, directory_state, loaded_by_schema FROM runs",
      );
      return new Map(
        reader
          .getRows()
          .map(([id, state, schema]) => [String(id), { state, schema: Number(schema) }]),
      );
    },
    options,
  );
  return directories.filter((directory) => {
    const stored = known.get(path.basename(directory));
    if (stored === undefined) return true;
    if (options.older && stored.schema !== newestVersion()) return true;
    // Loaded before the state was kept: only what is known to have changed is loaded again.
    if (stored.state === null) return options.older;
    return stored.state !== directoryState(directory);
  });
}
