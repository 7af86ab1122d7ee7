import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { query } from "../../../analysis/query";
import { runExperiment } from "../../../experiments/run";
import { loadRun } from "../../../store/load";
import { runFiles } from "../../../store/record";
import { estimateRecordSchema, internalsRecordSchema } from "../../../store/scheduler-record";
import { completes, FakeSlurm, fakeHandle } from "./fake-slurm";
import { lines } from "./run-files";

let runsDir: string;

beforeEach(() => {
  runsDir = fs.mkdtempSync(path.join(os.tmpdir(), "runs-"));
});
afterEach(() => fs.rmSync(runsDir, { recursive: true }));

/** The second job waits for ever, and Slurm expects it to start in a minute. */
function waiting(): FakeSlurm {
  const slurm = new FakeSlurm((job) => (job === 2 ? null : completes));
  slurm.executor
    .when(/sdiag/, {
      stdout:
        "Server thread count:  1\nMain schedule statistics (microseconds):\n\tLast cycle: 322\n",
    })
    .when(/states=PENDING/, () => ({
      stdout: [...slurm.queue.values()]
        .map(
          (line) =>
            `${new Date(Date.now() + 60_000).toISOString().slice(0, 19)}|Resources|${line.split("|").at(-1)}`,
        )
        .join("\n"),
    }));
  return slurm;
}

/** A run that is interrupted as soon as this holds of its directory, or after 20 s. */
async function runUntil(
  slurm: FakeSlurm,
  samples: Record<string, number>,
  enough: (directory: string) => boolean,
): Promise<string> {
  const stop = new AbortController();
  const running = runExperiment(fakeHandle(2, { samples }), {
    report: () => {},
    progress: { update: () => {}, print: () => {}, stop: () => {} },
    log: { level: "fatal" },
    signal: stop.signal,
    runsDir,
    connect: () => slurm.executor,
  });
  const until = Date.now() + 20_000;
  const directories = () =>
    fs
      .readdirSync(runsDir)
      .flatMap((name) => (name.startsWith(".") ? [] : [path.join(runsDir, name)]));
  while (Date.now() < until && !directories().some(enough)) await delay(20);
  stop.abort();
  await running.catch(() => {});
  return directories()[0] ?? "";
}

const has = (directory: string, file: string, count: number) =>
  fs.existsSync(path.join(directory, file)) && lines(directory, file).length >= count;

test("an interrupted run keeps what the scheduler foretold and counted, and the store takes it", async () => {
  const directory = await runUntil(waiting(), { estimates: 0.05, internals: 0.05 }, (each) =>
    [runFiles.estimates, runFiles.internals].every((file) => has(each, file, 2)),
  );
  const estimates = lines(directory, runFiles.estimates).map((line) =>
    estimateRecordSchema.parse(line),
  );
  expect(new Set(estimates.map(({ job }) => job))).toEqual(new Set([2]));
  for (const { at, startAt } of estimates) {
    expect(startAt - at).toBeGreaterThan(57_000);
    expect(startAt - at).toBeLessThan(63_000);
  }
  const internals = lines(directory, runFiles.internals).map((line) =>
    internalsRecordSchema.parse(line),
  );
  expect(internals[0]?.values).toEqual({ server_threads: 1, main_last_cycle_us: 322 });
  // As if it had been killed while it wrote.
  fs.appendFileSync(path.join(directory, runFiles.estimates), '{"job": 2, "at"');
  const store = path.join(runsDir, ".store.duckdb");
  await loadRun(directory, store);
  const [row] = await query(
    store,
    `SELECT (SELECT count(*)::INTEGER FROM start_estimates) AS estimates,
            (SELECT count(*)::INTEGER FROM scheduler_internals) AS internals`,
  );
  expect(row).toEqual({ estimates: estimates.length, internals: 2 * internals.length });
}, 60_000);

test("a run that is told to ask nothing has no such files", async () => {
  const slurm = waiting();
  const directory = await runUntil(
    slurm,
    { estimates: 0, internals: 0 },
    (each) => lines(each, runFiles.events).length > 4,
  );
  expect(fs.existsSync(path.join(directory, runFiles.estimates))).toBe(false);
  expect(fs.existsSync(path.join(directory, runFiles.internals))).toBe(false);
  expect(slurm.executor.calls.filter(({ command }) => command === "sdiag")).toEqual([]);
}, 60_000);
