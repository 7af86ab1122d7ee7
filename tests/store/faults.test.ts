import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import { query } from "../../analysis/query";
import { Failure } from "../../base/failure";
import { loadRun } from "../../store/load";
import { migrate, newestVersion } from "../../store/migrate";
import { readStore, writeStore } from "../../store/open";
import { holdLock } from "./hold-lock";
import { runRecord, startedAt, temporaryDirectory, writeRun } from "./run-fixture";

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error("no failure"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

async function withConnection(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

test("a store held by another process is reported with that process, after a bounded wait", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const run = writeRun(directory);
  await holdLock(store);
  const lines: string[] = [];
  const options = { patienceMs: 300, report: (line: string) => lines.push(line) };
  const failure = await failureOf(loadRun(run, store, options));
  expect(failure.message).toMatch(/is held by .*node.* \(PID \d+\); waited 0\.3 s/);
  expect(lines).toEqual([expect.stringMatching(/waiting for the store: it is held by/)]);
});

test("a store that is released in time is loaded", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const release = await holdLock(store);
  const result = await loadRun(writeRun(directory), store, { report: release });
  expect(result.outcome).toBe("loaded");
});

test("an older store is migrated and keeps what it held", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const instance = await DuckDBInstance.create(store);
  const connection = await instance.connect();
  await migrate(connection, store, undefined, 1);
  await connection.run(
    `INSERT INTO runs (run_id, origin, experiment, tuple_hash, status, content_hash,
       loaded_by_schema, loaded_at)
     VALUES ('old', 'live', 'dev', 'tuple', 'completed', 'hash', 1, now()::TIMESTAMP)`,
  );
  connection.closeSync();
  instance.closeSync();

  const stale = await failureOf(query(store, "SELECT 1"));
  expect(stale.message).toContain("has schema version 1");
  expect(stale.remedy).toContain("schedlab load");

  await loadRun(writeRun(directory), store);
  expect(await query(store, "SELECT run_id FROM runs ORDER BY run_id")).toEqual([
    { run_id: "20261121T233000Z-k3f9qa" },
    { run_id: "old" },
  ]);
  expect(await query(store, "SELECT max(version) AS version FROM schema_version")).toEqual([
    { version: newestVersion() },
  ]);
});

test("metrics computed by an older schema are computed anew", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const run = writeRun(directory);
  await loadRun(run, store);
  await withConnection(store, "UPDATE runs SET loaded_by_schema = 1");
  expect((await loadRun(run, store)).outcome).toBe("replaced");
});

test("a store of a newer schedlab is left alone", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await writeStore(store, async () => undefined);
  await withConnection(store, "INSERT INTO schema_version VALUES (99, now()::TIMESTAMP)");
  const failure = await failureOf(loadRun(writeRun(directory), store));
  expect(failure.message).toContain("has schema version 99");
});

test("a DuckDB file of another program is left alone", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await withConnection(store, "CREATE TABLE theirs (x INTEGER)");
  const failure = await failureOf(loadRun(writeRun(directory), store));
  expect(failure.message).toContain("is a DuckDB file of another program");
});

test("a file that is no database is left alone", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  writeFileSync(store, "notes\n".repeat(4000));
  const failure = await failureOf(loadRun(writeRun(directory), store));
  expect(failure.message).toContain("is not a DuckDB file");
  expect(readFileSync(store, "utf8")).toBe("notes\n".repeat(4000));
});

test("a load that fails half way leaves the store as it was", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  await withConnection(store, "ALTER TABLE samples RENAME COLUMN load TO lost");
  const changed = writeRun(directory, { run: runRecord({ plannedJobs: 7 }) });
  await expect(loadRun(changed, store)).rejects.toThrow("samples has no column load");
  expect(
    await query(store, "SELECT planned_jobs, (SELECT count(*) FROM jobs) AS jobs FROM runs"),
  ).toEqual([{ planned_jobs: 3, jobs: 3 }]);
});

test("a writer that is killed leaves what it had committed, and no lock", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  const release = await holdLock(
    store,
    "UPDATE runs SET seed = 2; BEGIN; DELETE FROM runs; DELETE FROM jobs",
  );
  release();
  expect(await query(store, "SELECT seed, (SELECT count(*) FROM jobs) AS jobs FROM runs")).toEqual([
    { seed: 2, jobs: 3 },
  ]);
});

test("a reader cannot write", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  await expect(
    readStore(store, (connection) => connection.run("DELETE FROM runs")),
  ).rejects.toThrow(/read-only/);
});

function smallDisk(directory: string, mebibytes: number): string {
  const disk = path.join(directory, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", disk], {
    stdio: "pipe",
  });
  onTestFinished(() => {
    execFileSync("umount", [disk]);
  });
  return disk;
}

test("a full disk while loading loses nothing", async ({ skip }) => {
  const directory = temporaryDirectory();
  let disk: string;
  try {
    disk = smallDisk(directory, 3);
  } catch {
    return skip("no permission to mount a small tmpfs");
  }
  const store = path.join(disk, "s.duckdb");
  await loadRun(writeRun(directory), store);

  // Numbers that do not compress: far more than the disk holds.
  const samples = Array.from({ length: 150_000 }, (_, index) => ({
    node: "node01",
    at: startedAt + index * Math.PI,
    cpuUsageUsec: (index * 0x9e3779b1) % 0xffffffff,
    memoryBytes: (index * 0x85ebca77) % 0xffffffff,
    load: ((index * 0xc2b2ae3d) % 0xffffffff) / 7,
  }));
  const run = writeRun(directory, { run: runRecord({ id: "20261121T235900Z-zzzzzz" }), samples });
  const failure = await failureOf(loadRun(run, store));
  expect(failure.message).toContain("no space left for the store");
  expect(failure.remedy).toContain(`schedlab load ${run}`);
  expect(
    await query(store, "SELECT run_id, (SELECT count(*) FROM samples) AS n FROM runs"),
  ).toEqual([{ run_id: "20261121T233000Z-k3f9qa", n: 10 }]);
  expect(readdirSync(run)).toHaveLength(5);

  execFileSync("mount", ["-o", "remount,size=64m", disk]);
  expect((await loadRun(run, store)).outcome).toBe("loaded");
  expect(await query(store, "SELECT count(*) AS n FROM samples")).toEqual([{ n: 150_010 }]);
}, 60_000);
