import { readFileSync } from "node:fs";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { loadRun } from "../../store/load";
import { migrate, migrations } from "../../store/migrate";
import { writeStore } from "../../store/open";
import { refreshStore } from "../../store/refresh";
import { temporaryDirectory, writeRun } from "./run-fixture";

async function withConnection<T>(
  file: string,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    // A connection that is left open keeps the database open, which would be written once more later.
    connection.closeSync();
    instance.closeSync();
  }
}

/** A store as the last version with views in its migrations wrote it. */
async function storeOfVersion7(): Promise<string> {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  const sql = readFileSync(path.join(__dirname, "golden", "version-7.sql"), "utf8");
  await withConnection(store, (connection) => connection.run(sql));
  return store;
}

/**
 * Sums of fractions depend on their order in the last digits. Definitions are text of the views, which may
 * say the same more exactly.
 */
const figures = `SELECT run_id, name, scope, subject, round(value, 9) AS value, unit, reason
  FROM metrics ORDER BY ALL`;

test("migrations hold tables alone", () => {
  for (const { sql } of migrations()) expect(sql).not.toMatch(/CREATE (OR REPLACE )?(VIEW|MACRO)/);
});

test("a store of the version with views in its migrations keeps its figures", async () => {
  const store = await storeOfVersion7();
  const before = await withConnection(store, async (connection) =>
    (await connection.runAndReadAll(figures)).getRowObjectsJS(),
  );
  expect(before.length).toBeGreaterThan(100);
  const lines: string[] = [];
  await writeStore(store, async () => undefined, { report: (line) => lines.push(line) });
  expect(lines.at(-1)).toMatch(/migrating .* to schema version \d+$/);
  const figureOf = ({ run_id, scope, subject, name }: Readonly<Record<string, unknown>>) =>
    JSON.stringify([run_id, scope, subject, name]);
  const known = new Set(before.map(figureOf));
  // Later versions have further figures.
  expect((await query(store, figures)).filter((row) => known.has(figureOf(row)))).toEqual(before);
  const views = "SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY name";
  expect(await query(store, views)).toEqual(
    await query(store, "SELECT name FROM made_views WHERE kind = 'VIEW' ORDER BY name"),
  );
});

test("a store that was opened in the middle of the versions gets its sums", async () => {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  await withConnection(store, async (connection) => {
    await migrate(connection, store, undefined, 3);
    await connection.run(
      `CREATE VIEW job_sums AS SELECT 1;
       INSERT INTO runs (run_id, origin, experiment, tuple_hash, status, capacity_cores,
         content_hash, loaded_by_schema, loaded_at)
       VALUES ('old', 'live', 'dev', 'tuple', 'completed', 4, 'hash', 3, now()::TIMESTAMP);
       INSERT INTO jobs (run_id, job, submit_s, start_s, end_s, allocated_cores)
       VALUES ('old', 1, 0, 5, 10, 2)`,
    );
  });
  await writeStore(store, async () => undefined);
  expect(
    await query(store, "SELECT value FROM metrics WHERE name = 'mean_wait' AND scope = 'run'"),
  ).toEqual([{ value: 5 }]);
  expect(await query(store, "SELECT wait, core_seconds FROM job_sums")).toEqual([
    { wait: 5, core_seconds: 10 },
  ]);
  expect(await query(store, "SELECT limit_resolution_s FROM runs")).toEqual([
    { limit_resolution_s: 60 },
  ]);
});

test("runs of versions with one maker of images have Debian's, as later ones say", async () => {
  const store = await storeOfVersion7();
  await writeStore(store, async () => undefined);
  const makers = "SELECT DISTINCT image_maker FROM runs WHERE image_key IS NOT NULL";
  expect(await query(store, makers)).toEqual([{ image_maker: "debian" }]);
  const without =
    "SELECT count(*)::INTEGER AS n FROM runs WHERE image_key IS NULL AND image_maker IS NOT NULL";
  expect(await query(store, without)).toEqual([{ n: 0 }]);
});

test("where no attempt was recorded yet, nothing is said of what the nodes had free", async () => {
  const store = await storeOfVersion7();
  await writeStore(store, async () => undefined);
  const fits = `SELECT value, reason FROM metrics JOIN nodes USING (run_id)
    WHERE name = 'mean_largest_fit_cores' AND role = 'compute'`;
  expect(await query(store, fits)).toEqual([
    { value: null, reason: "not known on which nodes 5 of the jobs ran" },
  ]);
  expect(await query(store, "FROM node_free")).toEqual([]);
});

/** A loaded store whose views and figures are those of another program; it also has a retired view. */
async function storeOfOtherViews(): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  await withConnection(store, (connection) =>
    connection.run(
      `CREATE VIEW theirs AS SELECT 1 AS x;
       CREATE VIEW retired AS SELECT 1 AS x;
       CREATE OR REPLACE VIEW run_figures AS SELECT run_id, 99 AS mean_wait FROM runs;
       INSERT INTO made_views VALUES ('VIEW', 'retired', 'other');
       UPDATE made_views SET definitions = 'other';
       UPDATE metrics SET value = 99 WHERE name = 'mean_wait'`,
    ),
  );
  return store;
}

const meanWait = "SELECT value FROM metrics WHERE name = 'mean_wait' AND scope = 'run'";

test("views that differ from the program's are made anew on writing, with the figures", async () => {
  const store = await storeOfOtherViews();
  await expect(query(store, "SELECT 1")).rejects.toThrow(/views of another version/);
  await writeStore(store, async () => undefined);
  expect(await query(store, meanWait)).toEqual([{ value: 10 / 3 }]);
  expect(await query(store, "SELECT mean_wait FROM run_figures")).toEqual([{ mean_wait: 10 / 3 }]);
});

test("load without a directory makes the views of another version anew", async () => {
  const store = await storeOfOtherViews();
  expect(await refreshStore(store)).toEqual(["20261121T233000Z-k3f9qa"]);
  expect(await query(store, meanWait)).toEqual([{ value: 10 / 3 }]);
});

test("a retired view goes, a view of the user's own stays", async () => {
  const store = await storeOfOtherViews();
  await writeStore(store, async () => undefined);
  expect(await query(store, "FROM theirs")).toEqual([{ x: 1 }]);
  await expect(query(store, "FROM retired")).rejects.toThrow("the query failed");
});

test("a store whose views are the program's is not written to", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  const version = "SELECT count(*) AS n FROM made_views";
  const before = await query(store, version);
  const lines: string[] = [];
  await writeStore(store, async () => undefined, { report: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  expect(await query(store, version)).toEqual(before);
});
