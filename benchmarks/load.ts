import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { appendRows } from "../store/append";
import { transaction } from "../store/migrate";
import { writeStore } from "../store/open";
import type { JobRecord } from "../store/record";
import { jobColumns } from "../store/tables";

/**
 * Loading job rows as loadRun does, beside DuckDB's COPY from CSV of the same rows into the same
 * table, in turns. Prints the median rates and their ratio; aim: at least 0.5.
 * Usage: npx tsx benchmarks/load.ts [rows]
 */
const rounds = 5;
const run = { id: "20261121T233000Z-k3f9qa", startedAt: Date.UTC(2026, 10, 21, 23, 30) };

function jobs(count: number): JobRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const job = index + 1;
    const at = run.startedAt + index * 731;
    const observed = (ms: number) => ({ at: ms, source: "wrapper" as const, resolutionMs: 1 });
    return {
      job,
      planned: {
        id: job,
        submitSeconds: index * 0.731,
        user: `user0${1 + (index % 3)}`,
        cores: 1 + (index % 4),
        runSeconds: 1 + (index % 7),
        limitSeconds: 20,
        gpus: 0,
        memoryMiB: null,
        traceJob: job,
      },
      dueAt: at,
      submitStartedAt: at + 1.25,
      submitSource: "harness" as const,
      submitResolutionMs: 0.001,
      submitFinishedAt: at + 14.5,
      schedulerJob: String(job),
      state: "completed",
      detail: "COMPLETED",
      exitCode: 0,
      allocatedCores: 1 + (index % 4),
      nodes: index % 4 < 2 ? ["node01"] : ["node01", "node02"],
      start: observed(at + 2000),
      end: observed(at + 2000 + 1000 * (1 + (index % 7))),
    };
  });
}

/** Seconds of one load into an empty table, its commit included. */
async function timed(connection: DuckDBConnection, load: () => Promise<unknown>): Promise<number> {
  await connection.run("DELETE FROM jobs");
  await connection.run("CHECKPOINT");
  const started = performance.now();
  await transaction(connection, load);
  return (performance.now() - started) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const rows = jobs(Number(process.argv[2] ?? 200_000));
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-load-"));
  const csv = path.join(directory, "jobs.csv");
  try {
    await writeStore(path.join(directory, "s.duckdb"), async (connection) => {
      const append = () => appendRows(connection, "jobs", jobColumns(run, new Map()), rows);
      const copy = () => connection.run(`COPY jobs FROM '${csv}' (HEADER)`);
      await append();
      await connection.run(`COPY jobs TO '${csv}' (HEADER)`);
      const appends: number[] = [];
      const copies: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        appends.push(await timed(connection, append));
        copies.push(await timed(connection, copy));
      }
      const rate = (seconds: number) => `${Math.round(rows.length / seconds)} rows/s`;
      const [ours, theirs] = [median(appends), median(copies)];
      console.log(`${rows.length} job rows, median of ${rounds} rounds in turns`);
      console.log(`loadRun's appender  ${rate(ours)}`);
      console.log(`COPY from CSV       ${rate(theirs)}`);
      console.log(`ratio               ${(theirs / ours).toFixed(2)} (aim: 0.5 or more)`);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
