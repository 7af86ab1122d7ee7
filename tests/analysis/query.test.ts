import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { query, queryTable } from "../../analysis/query";
import { loadRun } from "../../experiments/store/load";
import { repoRoot } from "../../host/paths";
import { temporaryDirectory, writeRun } from "../experiments/store/run-fixture";

async function loadedStore(): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  return store;
}

test("values of every kind come as JSON", async () => {
  const rows = await query(
    await loadedStore(),
    `SELECT 1::BIGINT AS n, 9007199254740993 AS big, 0.5::DOUBLE AS f, 1.25::DECIMAL(4,2) AS d,
       'nan'::DOUBLE AS nan, NULL AS nothing, ['a'] AS list, {x: 1} AS struct,
       TIMESTAMP '2026-11-21 23:30:00.5' AS at, true AS yes`,
  );
  expect(JSON.parse(JSON.stringify(rows))).toEqual([
    {
      n: 1,
      big: "9007199254740993",
      f: 0.5,
      d: 1.25,
      nan: "NaN",
      nothing: null,
      list: ["a"],
      struct: { x: 1 },
      at: "2026-11-21T23:30:00.500Z",
      yes: true,
    },
  ]);
});

test("wrong SQL and writing are refused with DuckDB's words", async () => {
  const store = await loadedStore();
  await expect(query(store, "SELEC 1")).rejects.toMatchObject({
    message: "the query failed",
    detail: expect.stringContaining("syntax error"),
  });
  await expect(query(store, "DELETE FROM runs")).rejects.toMatchObject({
    detail: expect.stringContaining("read-only"),
  });
});

test("rows are printed as a table, and none as words", () => {
  expect(queryTable([{ a: 1, b: null }])).toMatch(/a.*b[\s\S]*1.*NULL/);
  expect(queryTable([])).toBe("no rows");
});

test("every query of docs/results.md runs and finds something", async () => {
  const page = readFileSync(path.join(repoRoot, "docs", "results.md"), "utf8");
  const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);
  expect(queries.length).toBeGreaterThanOrEqual(3);
  const store = await loadedStore();
  for (const sql of queries) expect(await query(store, sql)).not.toEqual([]);
});
