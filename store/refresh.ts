import { stat } from "node:fs/promises";
import { Failure } from "../base/failure";
import { storeFigures, storeSums } from "./figures";
import { transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";

/**
 * Migrates the store and recomputes the figures of its runs, without their directories. What only a
 * directory has and an older schema did not keep stays unknown. Runs that have just been loaded can be
 * left out. Returns the others, oldest first. Throws Failure.
 */
export async function refreshStore(
  storePath: string,
  options: StoreOptions & { readonly except?: ReadonlySet<string> } = {},
): Promise<string[]> {
  if ((await stat(storePath).catch(() => null)) === null) {
    throw new Failure(`there is no store at ${storePath}`, {
      remedy: "load a run's directory with: schedlab load RUNDIR",
    });
  }
  return writeStore(
    storePath,
    async (connection) => {
      const found = await connection.runAndReadAll(
        "SELECT run_id FROM runs ORDER BY started_at, run_id",
      );
      const runs = found
        .getRows()
        .map(([id]) => String(id))
        .filter((id) => options.except?.has(id) !== true);
      for (const id of runs) {
        options.report?.(`figures of run ${id}`);
        await transaction(connection, async () => {
          await storeSums(connection, id);
          await storeFigures(connection, id);
        });
      }
      return runs;
    },
    options,
  );
}
