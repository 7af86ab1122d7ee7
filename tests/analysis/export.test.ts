import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { exportStore } from "../../analysis/export";
import { loadRun } from "../../store/load";
import { temporaryDirectory, writeRun } from "../store/run-fixture";

test("every table is exported in each format, whole, and can be read again", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const [format, reader] of [
    ["parquet", "read_parquet"],
    ["csv", "read_csv"],
    ["json", "read_json"],
  ] as const) {
    const out = path.join(directory, `it's ${format}`);
    const files = await exportStore(store, out, { format });
    expect(files.map(({ table }) => table)).toEqual([
      "attempts",
      "audits",
      "benchmarks",
      "campaign_clusters",
      "campaign_runs",
      "campaign_tuples",
      "campaigns",
      "daemons",
      "experiments",
      "held_intervals",
      "host_samples",
      "job_events",
      "job_sums",
      "jobs",
      "made_views",
      "metrics",
      "node_events",
      "node_free",
      "nodes",
      "placement_figures",
      "runs",
      "samples",
      "scaling_decisions",
      "scheduler_internals",
      "scheduler_jobs",
      "schema_version",
      "shares",
      "simulated_jobs",
      "simulations",
      "start_estimates",
      "supply_steps",
    ]);
    expect(readdirSync(out)).toHaveLength(files.length);
    const jobs = files.find(({ table }) => table === "jobs");
    expect(jobs?.rows).toBe(3);
    const read = await connection.runAndReadAll(`SELECT count(*), sum(end_s) FROM ${reader}($1)`, [
      jobs?.file ?? "",
    ]);
    expect(read.getRows()).toEqual([[3n, 75]]);
  }
  connection.closeSync();
  instance.closeSync();
  const json = JSON.parse(readFileSync(path.join(directory, "it's json", "jobs.json"), "utf8"));
  expect(json[1]).toMatchObject({ job: 2, user_name: "user02", nodes: ["node01"] });
});

test("views go out when they are asked for", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory), store);
  const files = await exportStore(store, path.join(directory, "out"), {
    format: "csv",
    views: true,
  });
  expect(files.map(({ table }) => table)).toContain("job_times");
});
