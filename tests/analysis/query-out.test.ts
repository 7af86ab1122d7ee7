import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { query, rows } from "../../analysis/query";
import { queryCsv, queryParquet } from "../../analysis/query-out";
import { loadRun } from "../../store/load";
import { writeRun } from "../store/run-fixture";

const folder = mkdtempSync(path.join(tmpdir(), "schedlab-query-out-"));
const store = path.join(folder, "s.duckdb");

beforeAll(async () => {
  await loadRun(writeRun(folder), store);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function csvOf(sql: string): Promise<string> {
  const parts: string[] = [];
  await queryCsv(store, sql, {}, async (csv) => {
    for await (const part of csv) parts.push(part);
  });
  return parts.join("");
}

/** What a DuckDB of its own reads in the file. */
async function read(sql: string) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return await rows(connection, sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const parquetOf = async (sql: string) => {
  const file = path.join(folder, "it's.parquet");
  await queryParquet(store, sql, file, {});
  return read(`FROM read_parquet('${file.replace("'", "''")}')`);
};

const everyKind = `SELECT 1 AS n, 9007199254740993 AS big, 0.5::DOUBLE AS f, 1.50::DECIMAL(4,2) AS d,
  'nan'::DOUBLE AS nan, NULL AS nothing, '' AS blank, ['a,b', NULL] AS list, {x: 1} AS struct,
  TIMESTAMP '2026-11-21 23:30:00.012345' AS at_time, DATE '2026-11-21' AS day, true AS yes,
  'say "hi", ' AS text, 'two' || chr(10) || 'lines' AS lines`;

test("values of every kind come as CSV", async () => {
  expect(await csvOf(everyKind)).toBe(
    [
      "n,big,f,d,nan,nothing,blank,list,struct,at_time,day,yes,text,lines",
      '1,9007199254740993,0.5,1.50,NaN,,"","[""a,b"",null]","{""x"":1}",' +
        '2026-11-21 23:30:00.012345,2026-11-21,true,"say ""hi"", ","two\nlines"',
      "",
    ].join("\n"),
  );
});

test("a result without rows has its columns, and a lone NULL is a line", async () => {
  expect(await csvOf("SELECT job, user_name FROM jobs WHERE false")).toBe("job,user_name\n");
  expect(await csvOf("SELECT NULL AS a")).toBe('a\n""\n');
});

test("more rows than DuckDB hands over at once come in order, each once", async () => {
  const lines = (await csvOf("SELECT range AS i FROM range(5000)")).trimEnd().split("\n");
  expect(lines.slice(1)).toEqual(Array.from({ length: 5000 }, (_, index) => String(index)));
});

test("whatever the texts are, DuckDB reads the same in the CSV", async () => {
  const texts = fc.array(
    fc.tuple(
      fc.option(fc.string({ unit: fc.constantFrom(..."ab,\"'\n\r\t; ä€[]{}#\\") }), { freq: 5 }),
      fc.option(fc.integer()),
    ),
    { minLength: 1, maxLength: 20 },
  );
  const file = path.join(folder, "texts.csv");
  await fc.assert(
    fc.asyncProperty(texts, async (table) => {
      const quoted = (text: string | null) =>
        text === null ? "NULL::VARCHAR" : `'${text.replaceAll("'", "''")}'`;
      const values = table.map(([text, number], index) => `(${index}, ${quoted(text)}, ${number})`);
      await writeFile(
        file,
        await csvOf(`FROM (VALUES ${values.join(", ")}) t(i, s, n) ORDER BY i`),
      );
      const found = await read(
        `SELECT s, n FROM read_csv('${file}', header = true, delim = ',', quote = '"', escape = '"',
           columns = {i: 'INTEGER', s: 'VARCHAR', n: 'INTEGER'}, allow_quoted_nulls = false) ORDER BY i`,
      );
      expect(found).toEqual(table.map(([s, n]) => ({ s, n })));
    }),
    { numRuns: 25 },
  );
}, 60_000);

test("Parquet holds the same values with their types", async () => {
  const expected = await query(store, everyKind);
  expect(await parquetOf(everyKind)).toEqual(expected);
  expect(await parquetOf("SELECT job, nodes FROM jobs ORDER BY job")).toEqual(
    await query(store, "SELECT job, nodes FROM jobs ORDER BY job"),
  );
  expect(await parquetOf("SELECT job FROM jobs WHERE false")).toEqual([]);
});

const awkward = [
  "PIVOT metrics ON name USING first(value) GROUP BY run_id -- all of them",
  "SELECT ';' AS mark; -- ; here ends the only one",
  "SELECT 1 AS a;;\n/* ; */",
  "DESCRIBE runs",
  "FROM (SUMMARIZE samples)",
  "WITH t AS (SELECT 1 AS a) FROM t; ",
];

test.each(awkward)("%s gives the same in every format", async (sql) => {
  const expected = await query(store, sql);
  expect(JSON.stringify(await parquetOf(sql))).toBe(JSON.stringify(expected));
  const [header] = (await csvOf(sql)).split("\n");
  expect(header).toBe(Object.keys(expected[0] ?? {}).join(","));
});

test.each([
  ["SELEC 1", "syntax error"],
  ["DELETE FROM runs", "read-only"],
  ["SELECT 1 AS a; SELECT 2 AS b", "2 statements"],
  ["SELECT 1) TO 'FILE'; --", "syntax error"],
  ["SELECT * FROM read_text('/etc/hostname')", "file system operations are disabled"],
  ["EXPLAIN ANALYZE COPY runs TO 'FILE'", "plan|disabled"],
])("%s is refused for CSV and Parquet alike", async (sql, words) => {
  const text = sql.replace("FILE", path.join(folder, "written"));
  const refusal = { detail: expect.stringMatching(words) };
  await expect(csvOf(text)).rejects.toMatchObject(refusal);
  await expect(parquetOf(text)).rejects.toMatchObject(refusal);
  await expect(read(`FROM glob('${folder}/written')`)).resolves.toEqual([]);
});

test("a plan goes into CSV and is refused for Parquet", async () => {
  expect(await csvOf("EXPLAIN SELECT 1")).toContain("explain_key,explain_value\n");
  await expect(parquetOf("EXPLAIN SELECT 1")).rejects.toMatchObject({
    detail: expect.stringContaining("a plan has no columns"),
  });
});

test("what fails to take the output is no failure of the query", async () => {
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  await expect(queryCsv(store, "SELECT 1", {}, () => Promise.reject(full))).rejects.toThrow(full);
});
