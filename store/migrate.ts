import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { storeAllFigures } from "./figures";
import { timestamp } from "./tables";
import { dropViews, makeViews, viewsAreCurrent } from "./views";

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** schema.sql is version 1, migrations/NNN-name.sql the later ones, without a gap. */
export function migrations(): Migration[] {
  const directory = path.join(__dirname, "migrations");
  const later = readdirSync(directory)
    .filter((name) => /^\d{3}-.+\.sql$/.test(name))
    .sort()
    .map((name) => path.join(directory, name));
  return [path.join(__dirname, "schema.sql"), ...later].map((file, index) => ({
    version: index + 1,
    sql: readFileSync(file, "utf8"),
  }));
}

export function newestVersion(): number {
  return migrations().length;
}

/** 0 for a file without a schema of ours. */
export async function schemaVersion(connection: DuckDBConnection): Promise<number> {
  const tables = await connection.runAndReadAll(
    "SELECT 1 FROM information_schema.tables WHERE table_name = 'schema_version'",
  );
  if (tables.currentRowCount === 0) return 0;
  const reader = await connection.runAndReadAll("SELECT max(version) FROM schema_version");
  return Number(reader.value(0, 0) ?? 0);
}

/**
 * Brings the store to the version `upTo`, each step in a transaction of its own. The last one also
 * makes this program's views, and recomputes figures that other views computed. Changes nothing in a
 * store that is up to date. Throws Failure when the store is newer than this program, or the file holds
 * tables of another program.
 */
export async function migrate(
  connection: DuckDBConnection,
  file: string,
  report?: Reporter,
  upTo = newestVersion(),
): Promise<void> {
  const current = await schemaVersion(connection);
  const newest = newestVersion();
  if (current > newest) {
    throw new Failure(
      `${file} has schema version ${current}, this schedlab writes version ${newest}`,
      { remedy: "use the schedlab that wrote it, or a newer one, or another store" },
    );
  }
  if (current === 0) await refuseForeign(connection, file);
  for (const { version, sql } of migrations()) {
    if (version <= current || version > upTo) continue;
    if (current > 0) report?.(`migrating ${file} to schema version ${version}`);
    await transaction(connection, async () => {
      if (version === 1) {
        await connection.run(
          "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP NOT NULL)",
        );
      }
      // A view of the former tables would not survive the change.
      if (version === current + 1) await dropViews(connection);
      await connection.run(sql);
      await connection.run("INSERT INTO schema_version VALUES ($1, $2)", [
        version,
        timestamp(Date.now()),
      ]);
      if (version === newest) await renewViews(connection);
    });
  }
  if (current < newest || (await viewsAreCurrent(connection))) return;
  report?.(`making the views of ${file} and its figures again`);
  await transaction(connection, async () => {
    await dropViews(connection);
    await renewViews(connection);
  });
}

async function renewViews(connection: DuckDBConnection): Promise<void> {
  await makeViews(connection);
  await storeAllFigures(connection);
}

async function refuseForeign(connection: DuckDBConnection, file: string): Promise<void> {
  const reader = await connection.runAndReadAll(
    "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'main'",
  );
  if (Number(reader.value(0, 0)) > 0) {
    throw new Failure(`${file} is a DuckDB file of another program`, {
      remedy: "choose another path for the store",
    });
  }
}

/** Commits what `work` wrote, or nothing of it. */
export async function transaction<T>(
  connection: DuckDBConnection,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run("BEGIN TRANSACTION");
  try {
    const result = await work();
    await connection.run("COMMIT");
    return result;
  } catch (error) {
    // After a failed COMMIT there is nothing to roll back; the first error is the one that matters.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
