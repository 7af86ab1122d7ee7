import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runExperiment } from "../../../experiments/run";
import { RunDirectory } from "../../../experiments/run/directory";
import { thisOwner } from "../../../experiments/run/owner";
import type { Progress } from "../../../experiments/run/progress";
import { loadRun } from "../../../store/load";
import { readRun } from "../../store/read-run";
import { events, nodes, runRecord } from "../../store/run-fixture";
import { completes, FakeSlurm, fakeHandle } from "./fake-slurm";

vi.setConfig({ testTimeout: 60_000 });

const silent: Progress = { update: () => {}, print: () => {}, stop: () => {} };

let disk: string;
let reason: string | null;

/** A file system of 4 MiB of the test's own. */
beforeEach(() => {
  disk = fs.mkdtempSync(path.join(os.tmpdir(), "small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], { stdio: "pipe" });
    reason = null;
  } catch {
    reason = "no permission to mount a small tmpfs";
  }
});
afterEach(() => {
  if (reason === null) execFileSync("umount", [disk]);
  fs.rmdirSync(disk);
});

/** Leaves not one byte. */
function fill(): void {
  const fd = fs.openSync(path.join(disk, "others"), "a");
  try {
    for (const size of [65_536, 4_096, 512, 1]) {
      try {
        for (;;) fs.writeSync(fd, randomBytes(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

test("a run whose disk is full ends as failed under that name, its jobs cancelled and recorded", async ({
  skip,
}) => {
  if (reason !== null) return skip(reason);
  const slurm = new FakeSlurm((job) => {
    if (job === 3) fill();
    // The warm-up jobs come behind the 40.
    return job > 30 && job <= 40 ? null : completes;
  });
  const [outcome] = await runExperiment(fakeHandle(40), {
    report: () => {},
    progress: silent,
    log: { level: "fatal" },
    signal: new AbortController().signal,
    runsDir: path.join(disk, "runs"),
    connect: () => slurm.executor,
  });
  expect(outcome).toMatchObject({ status: "failed" });
  expect(outcome?.reason).toMatch(/(jobs|events|samples)\.jsonl cannot be written: ENOSPC/);
  expect(slurm.queue.size).toBe(0);
  const { run, jobs, bad, torn } = await readRun(outcome?.directory ?? "");
  expect(run).toMatchObject({ status: "failed", reason: outcome?.reason });
  expect({ bad, torn }).toEqual({ bad: [], torn: [] });
  expect(jobs).toHaveLength(40);
  expect(jobs.filter(({ state }) => state === "submitted" || state === "planned")).toEqual([]);
  const store = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "store-")), "s.duckdb");
  expect((await loadRun(outcome?.directory ?? "", store)).outcome).toBe("loaded");
  fs.rmSync(path.dirname(store), { recursive: true });
});

test("a record that does not fit is told of by file and reason, and nothing of it runs into the next", async ({
  skip,
}) => {
  if (reason !== null) return skip(reason);
  const directory = RunDirectory.create(path.join(disk, "runs"), runRecord(), {
    owner: thisOwner(),
    nodes,
  });
  const [event] = events;
  if (event === undefined) throw new Error("no event");
  directory.event(event);
  fill();
  const told: string[] = [];
  directory.onFailure((error) => told.push(error.message));
  let written = 1;
  // The page that the file has already takes some more.
  while (told.length === 0) directory.event({ ...event, job: ++written });
  expect(told).toEqual([
    `${directory.path}/events.jsonl cannot be written: ENOSPC: no space left on device, write`,
  ]);
  // The last words of a run fit into the reserve; beyond it they are counted, not thrown.
  for (let job = 1; job <= 20_000; job++) directory.event({ ...event, job: written + job });
  expect(directory.unkept).toBeGreaterThan(1_000);
  expect(told).toHaveLength(1);
  directory.update({ status: "failed", reason: "the disk is full", finishedAt: Date.now() });
  directory.close();
  const read = await readRun(directory.path);
  expect(read.run.status).toBe("failed");
  expect({ bad: read.bad, torn: read.torn }).toEqual({ bad: [], torn: [] });
  expect(read.events).toHaveLength(written + 20_000 - directory.unkept);
  expect(fs.readdirSync(directory.path).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a run that finds no room for its directory leaves none, and submits nothing", async ({
  skip,
}) => {
  if (reason !== null) return skip(reason);
  fill();
  const slurm = new FakeSlurm();
  const run = runExperiment(fakeHandle(2), {
    report: () => {},
    progress: silent,
    log: { level: "fatal" },
    signal: new AbortController().signal,
    runsDir: path.join(disk, "runs"),
    connect: () => slurm.executor,
  });
  await expect(run).rejects.toThrow("ENOSPC");
  const runs = path.join(disk, "runs");
  expect(fs.existsSync(runs) ? fs.readdirSync(runs) : []).toEqual([]);
  expect(slurm.executor.channels.some(({ command }) => command.includes("sbatch"))).toBe(false);
});
