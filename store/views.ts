import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";

/** The store's views and macros as this program has them. */
export interface Views {
  /** In the order in which one may use another. */
  readonly sql: readonly string[];
  readonly made: readonly MadeView[];
  /** Of the definitions without comments and line breaks, so that neither counts as a change. */
  readonly hash: string;
}

interface MadeView {
  readonly kind: "VIEW" | "MACRO";
  readonly name: string;
}

/**
 * views/NN-topic.sql, each with `CREATE VIEW` and `CREATE MACRO` statements only. Unlike tables they
 * hold no data, so they are in no migration: they are recreated whenever they differ from the store's.
 */
export function views(): Views {
  const directory = path.join(__dirname, "views");
  const sql = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => readFileSync(path.join(directory, name), "utf8"));
  const definitions = sql.join("\n").replace(/^\s*--.*$/gm, "");
  const made = [...definitions.matchAll(/^CREATE (VIEW|MACRO) (\w+)/gm)].map(
    ([, kind, name = ""]) => ({ kind: kind as MadeView["kind"], name }),
  );
  const bare = definitions.replace(/\s+/g, " ").trim();
  return { sql, made, hash: createHash("sha256").update(bare).digest("hex") };
}

/** Whether the store's views are this program's; its schema must already be. */
export async function viewsAreCurrent(connection: DuckDBConnection): Promise<boolean> {
  const tables = await connection.runAndReadAll(
    "SELECT 1 FROM duckdb_tables() WHERE table_name = 'made_views'",
  );
  if (tables.currentRowCount === 0) return false;
  const reader = await connection.runAndReadAll("SELECT DISTINCT definitions FROM made_views");
  return reader.currentRowCount === 1 && reader.value(0, 0) === views().hash;
}

/** Drops our views and macros, including older ones, but no view of the user's own. */
export async function dropViews(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS made_views (
       kind VARCHAR NOT NULL, name VARCHAR NOT NULL, definitions VARCHAR NOT NULL)`,
  );
  const recorded = await connection.runAndReadAll("SELECT kind, name FROM made_views");
  const older = recorded.getRows().map(([kind, name]) => ({ kind, name }));
  // A store from before that table has views with these names; `job_sums` is a table since version 4.
  for (const { kind, name } of [...older, ...views().made, ...formerViews]) {
    await connection.run(`DROP ${kind} IF EXISTS ${name}`);
  }
}

/** Views that versions without the table made_views made and this version does not. */
const formerViews: readonly MadeView[] = [{ kind: "VIEW", name: "schedule_metric_values" }];

/** Makes the views after `dropViews`. */
export async function makeViews(connection: DuckDBConnection): Promise<void> {
  const { sql, made, hash } = views();
  for (const text of sql) await connection.run(text);
  await connection.run("DELETE FROM made_views");
  for (const { kind, name } of made) {
    await connection.run("INSERT INTO made_views VALUES ($1, $2, $3)", [kind, name, hash]);
  }
}
