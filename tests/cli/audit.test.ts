import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { query } from "../../analysis/query";
import { registerAudit } from "../../cli/audit";
import { registerLoad } from "../../cli/load";
import { jobRecord, runRecord, temporaryDirectory, writeRun } from "../store/run-fixture";
import { runCommand } from "./command";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 60_000 });

afterEach(() => {
  process.exitCode = undefined;
});

const sound = [jobRecord(1, "user01", 4, [0, 0, 10]), jobRecord(2, "user02", 2, [10, 20, 30])];
/** Its cores were held for 15 s where 10 s were asked. */
const late = [sound[0], jobRecord(2, "user02", 2, [10, 20, 35])].filter((job) => job !== undefined);
const plannedJobs = 2;

function audit(...argv: string[]) {
  return runCommand(registerAudit, "audit", ...argv);
}

test("a run directory is audited without a store", async () => {
  const directory = temporaryDirectory();
  const run = writeRun(directory, { run: runRecord({ plannedJobs }), jobs: late, events: [] });
  const { output } = await audit(run, "--store", path.join(directory, "none.duckdb"));
  expect(output).toMatch(/run-time-kept +│ failed +│ +4.998 │ +1 │ s/);
  expect(output).toContain(
    "run-time-kept: job 2 held its cores for 15.0 s where 10.0 s were asked",
  );
  expect(process.exitCode).toBe(1);
});

test("loading a run audits it, and audit without a name takes every run of the store", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const ids = ["20261121T233000Z-aaaaaa", "20261121T233100Z-bbbbbb"];
  for (const id of ids) {
    const run = writeRun(directory, {
      run: runRecord({ id, plannedJobs }),
      jobs: sound,
      events: [],
    });
    await runCommand(registerLoad, "load", run, "--store", store);
  }
  const stored = await query(store, "SELECT DISTINCT run_id FROM audits ORDER BY run_id");
  expect(stored.map(({ run_id }) => run_id)).toEqual(ids);

  const { output } = await audit("--store", store, "--json");
  const { runs } = JSON.parse(output);
  expect(runs.map(({ run }: { run: string }) => run)).toEqual(ids);
  const clocks = runs[0].checks.find(({ check }: { check: string }) => check === "clocks");
  expect(clocks).toMatchObject({ verdict: "passed", figure: 0.5, limit: 100, unit: "ms" });
  expect(process.exitCode).toBeUndefined();
  const again = await query(store, "SELECT count(*) AS n FROM audits");
  expect(again).toEqual([{ n: 2 * runs[0].checks.length }]);
});

test("a name that the store does not have is refused with the one that was meant", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const run = writeRun(directory, { run: runRecord({ plannedJobs }), jobs: sound, events: [] });
  await runCommand(registerLoad, "load", run, "--store", store);
  await expect(audit("20261121T233000Z-k3f9qb", "--store", store)).rejects.toThrow(
    "the store holds no run 20261121T233000Z-k3f9qb",
  );
});
