import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { query, queryTable } from "../../analysis/query";
import { repoRoot } from "../../base/paths";
import { loadRun } from "../../store/load";
import { writeRun } from "../store/run-fixture";

const folder = mkdtempSync(path.join(tmpdir(), "schedlab-query-"));
const store = path.join(folder, "s.duckdb");

beforeAll(async () => {
  await loadRun(writeRun(folder), store);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("values of every kind come as JSON", async () => {
  const rows = await query(
    store,
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
  await expect(query(store, "SELEC 1")).rejects.toMatchObject({
    message: "the query failed",
    detail: expect.stringContaining("syntax error"),
  });
  await expect(query(store, "DELETE FROM runs")).rejects.toMatchObject({
    detail: expect.stringContaining("read-only"),
  });
});

test("a query that DuckDB takes apart itself is one statement, whatever it ends with", async () => {
  const sql = "PIVOT metrics ON name USING first(value) GROUP BY run_id -- all of them";
  for (const text of [sql, `${sql}\n;\n`]) {
    expect(await query(store, text)).toMatchObject([{ n: 3, makespan: 30 }]);
  }
  expect(await query(store, "SELECT ';' AS mark; -- ; here ends the only one")).toEqual([
    { mark: ";" },
  ]);
  expect(await query(store, "SELECT spec -> '$.a' AS part, tau() AS t FROM runs")).toEqual([
    { part: null, t: 10 },
  ]);
  expect(await query(store, "SELECT tau() AS t", { tau: 60 })).toEqual([{ t: 60 }]);
});

test.each([
  ["SELECT 1 AS a; SELECT 2 AS b", "2 statements"],
  ["SELECT 1 AS a; COPY runs TO 'FILE'", "2 statements"],
  ["CREATE TEMP TABLE t AS SELECT 1; SELECT 1", "2 statements"],
  ["COPY runs TO 'FILE'", "file system operations are disabled"],
  ["EXPLAIN ANALYZE COPY runs TO 'FILE'", "file system operations are disabled"],
  ["EXPORT DATABASE 'FILE'", "file system operations are disabled"],
  ["SELECT * FROM read_text('/etc/hostname')", "file system operations are disabled"],
  ["ATTACH 'FILE' AS other", "ATTACH"],
  ["INSTALL httpfs", "LOAD"],
  ["LOAD httpfs", "LOAD"],
  ["SET threads = 1", "SET"],
  ["SET VARIABLE tau = 60", "SET"],
  ["PRAGMA enable_profiling = 'json'", "SET"],
  ["CREATE TEMP TABLE t AS SELECT 1", "CREATE"],
  ["CALL enable_logging()", "CALL"],
  ["UPDATE runs SET run_id = 'x'", "read-only"],
])("%s is refused, and writes nothing", async (sql, words) => {
  const file = path.join(path.dirname(store), "written");
  const before = readFileSync(store);
  await expect(query(store, sql.replace("FILE", file))).rejects.toMatchObject({
    detail: expect.stringContaining(words),
  });
  expect(existsSync(file)).toBe(false);
  expect(readFileSync(store).equals(before)).toBe(true);
});

test("a text without a statement says so", async () => {
  for (const sql of ["", " -- nothing", ";"]) {
    await expect(query(store, sql)).rejects.toThrow("no statement to run");
  }
});

test("rows are printed as a table, and none as words", () => {
  expect(queryTable([{ a: 1, b: null }])).toMatch(/a.*b[\s\S]*1.*NULL/);
  expect(queryTable([])).toBe("no rows");
});

test("every query of docs/results.md runs and finds something", async () => {
  const page = readFileSync(path.join(repoRoot, "docs", "results.md"), "utf8");
  const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);
  expect(queries.length).toBeGreaterThanOrEqual(3);
  for (const sql of queries) expect(await query(store, sql)).not.toEqual([]);
});
