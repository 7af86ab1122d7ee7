import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { importLog } from "../../store/import";
import { loadRun } from "../../store/load";
import { line, logFile } from "../workloads/swf-fixture";
import { jobRecord, runRecord, temporaryDirectory, writeRun } from "./run-fixture";

const run = runRecord();
const factored = (clockFactor: number) =>
  runRecord({ provenance: { ...run.provenance, clockFactor } });

async function storeOf(fixture: Parameters<typeof writeRun>[1] = {}): Promise<string> {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  await loadRun(writeRun(temporaryDirectory(), fixture), store);
  return store;
}

/** Timestamps as DuckDB writes them, with every microsecond. */
const text = "COLUMNS(* EXCLUDE n)::VARCHAR";

test("jobs, events and samples have their moments in UTC beside the seconds", async () => {
  const store = await storeOf();
  const jobs = `SELECT job AS n, due_at, submit_at, accept_at, start_at, end_at, submit_s, end_s
    FROM job_times_absolute WHERE job = 2`;
  expect(await query(store, `SELECT ${text} FROM (${jobs})`)).toEqual([
    {
      due_at: "2026-11-21 23:30:10",
      submit_at: "2026-11-21 23:30:10",
      accept_at: "2026-11-21 23:30:10.05",
      start_at: "2026-11-21 23:30:20",
      end_at: "2026-11-21 23:30:25",
      submit_s: "10.0",
      end_s: "25.0",
    },
  ]);
  const events =
    "SELECT 1 AS n, at_time, at_s, source FROM job_events_absolute ORDER BY at_time DESC LIMIT 1";
  expect(await query(store, `SELECT ${text} FROM (${events})`)).toEqual([
    { at_time: "2026-11-21 23:30:00.01225", at_s: "0.01225", source: "wrapper" },
  ]);
  expect(
    await query(
      store,
      "SELECT count(*) AS n, min(at_time)::VARCHAR AS least, max(at_time)::VARCHAR AS most FROM samples_absolute",
    ),
  ).toEqual([{ n: 10, least: "2026-11-21 23:30:00", most: "2026-11-21 23:30:40" }]);
});

test("the views have every column and row of what they are made of", async () => {
  const store = await storeOf();
  for (const [view, source, moments] of [
    ["job_times_absolute", "job_times", "due_at, submit_at, accept_at, start_at, end_at"],
    ["job_events_absolute", "job_events", "at_time"],
    ["samples_absolute", "samples", "at_time"],
  ]) {
    expect(await query(store, `SELECT * EXCLUDE (${moments}) FROM ${view} ORDER BY ALL`)).toEqual(
      await query(store, `FROM ${source} ORDER BY ALL`),
    );
  }
});

test("a job that never started has no such moment", async () => {
  const store = await storeOf({ jobs: [jobRecord(1, "user01", 1, [0, null, null])] });
  expect(
    await query(store, "SELECT submit_at IS NULL AS s, start_at, end_at FROM job_times_absolute"),
  ).toEqual([{ s: false, start_at: null, end_at: null }]);
});

test("under a faster clock the moments are the host's, the seconds the scheduler's", async () => {
  const store = await storeOf({ run: factored(20) });
  expect(
    await query(
      store,
      `SELECT end_s, end_at::VARCHAR AS end_at, finished_at::VARCHAR AS finished_at
       FROM job_times_absolute JOIN run_summary USING (run_id) WHERE job = 1`,
    ),
  ).toEqual([{ end_s: 20, end_at: "2026-11-21 23:30:01", finished_at: "2026-11-21 23:30:03" }]);
});

test("a log has moments where its header says when it began", async () => {
  const store = path.join(temporaryDirectory(), "s.duckdb");
  const lines = `${line(1, 50_000_000)}\n${line(2, 5)}\n`;
  const dated = logFile(`; MaxProcs: 4\n; UnixStartTime: 893466664\n${lines}`);
  await importLog(dated, store, { name: "dated" });
  await importLog(logFile(`; MaxProcs: 4\n${lines}`), store, { name: "undated" });
  expect(
    await query(
      store,
      `SELECT experiment, submit_s, submit_at::VARCHAR AS submit_at
       FROM job_times_absolute JOIN runs USING (run_id) ORDER BY ALL`,
    ),
  ).toEqual([
    { experiment: "dated", submit_s: 5, submit_at: "1998-04-25 01:11:09" },
    { experiment: "dated", submit_s: 50_000_000, submit_at: "1999-11-24 18:04:24" },
    { experiment: "undated", submit_s: 5, submit_at: null },
    { experiment: "undated", submit_s: 50_000_000, submit_at: null },
  ]);
});
