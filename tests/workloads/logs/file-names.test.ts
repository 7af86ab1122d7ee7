import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { findNames } from "../../../workloads/logs/leak-scan";
import { openLog } from "../../../workloads/logs/open";
import { writeParquet } from "../../../workloads/logs/parquet";
import { logFile } from "../swf-fixture";
import { readPath, sacct } from "./read-log";

/** Each with the name of a file beside it that it fits as a pattern. */
const patterns = [
  ["jobs[2024]", "jobs2"],
  ["j?", "j1"],
  ["all*", "all-of-it"],
  ["[!x]y[a-c]*", "zyb9"],
] as const;

const rows = (count: number, user: string) =>
  sacct(
    Array.from({ length: count }, (_, id) => ({ JobID: `${id}`, JobIDRaw: `${id}`, User: user })),
  );

const users = async (file: string) =>
  (await readPath(file, { mode: "strict" })).jobs.map(({ asks }) => asks?.user);

async function withDatabase(use: (connection: DuckDBConnection) => Promise<unknown>) {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await use(connection);
  connection.closeSync();
  instance.closeSync();
}

const duckdb = (sql: string) => withDatabase((connection) => connection.run(sql));

test.each(patterns)("%s.txt is that file, and not %s.txt", async (name, other) => {
  const file = logFile(rows(2, "ann"), `${name}.txt`);
  writeFileSync(path.join(path.dirname(file), `${other}.txt`), rows(5, "eve"));
  expect(await users(file)).toEqual(["ann", "ann"]);
  writeFileSync(file, gzipSync(rows(3, "ann")));
  expect(await users(file)).toEqual(["ann", "ann", "ann"]);
  const packed = logFile("", "packed.txt");
  await duckdb(
    `COPY (FROM read_csv('${logFile(rows(1, "ann"), "plain.txt")}', delim = '|', all_varchar = true))
     TO '${packed}' (FORMAT csv, HEADER, DELIMITER '|', COMPRESSION zstd)`,
  );
  copyFileSync(packed, file);
  expect(await users(file)).toEqual(["ann"]);
});

test.each(patterns)("%s.parquet is that file, and not %s.parquet", async (name, other) => {
  const file = logFile("", `${name}.parquet`);
  const beside = path.join(path.dirname(file), `${other}.parquet`);
  const write = async (user: string, out: string) => {
    await openLog(logFile(rows(2, user), "log.txt"), { mode: "strict" }, (opened) =>
      writeParquet(opened, out),
    );
  };
  await write("eve", beside);
  await write("ann", file);
  expect(await users(beside)).toEqual(["eve", "eve"]);
  expect(await users(file)).toEqual(["ann", "ann"]);
  await withDatabase(async (connection) => {
    const names = { names: new Map([["user", ["ann"]] as const]), ids: [], lostLists: 0 };
    const scratch = logFile("", "scratch.csv");
    const options = { format: "parquet", queues: true, scratch } as const;
    expect(await findNames(connection, file, names, options)).toMatchObject({ name: "ann" });
    expect(await findNames(connection, beside, names, options)).toBeNull();
  });
});
