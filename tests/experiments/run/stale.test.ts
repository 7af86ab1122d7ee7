import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { lifeOf, type Owner, ownerSchema, thisOwner } from "../../../experiments/run/owner";
import { closeStaleRuns } from "../../../experiments/run/stale";
import { runRecord, temporaryDirectory, writeRun } from "../../store/run-fixture";

const ids = ["20261121T233000Z-aaaaaa", "20261121T233000Z-bbbbbb", "20261121T233000Z-cccccc"];

let runsDir: string;
let said: string[];
beforeEach(() => {
  runsDir = temporaryDirectory();
  said = [];
});

function running(id = "", owner?: Partial<Owner>): string {
  const run = runRecord({ id, status: "running", finishedAt: null });
  const directory = writeRun(runsDir, { run });
  if (owner !== undefined) {
    writeFileSync(path.join(directory, "owner.json"), JSON.stringify({ ...thisOwner(), ...owner }));
  }
  return directory;
}

async function deadPid(): Promise<number> {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid ?? 0;
}

const close = (takeOver?: string) =>
  closeStaleRuns(runsDir, { experiment: "dev", report: (line) => said.push(line), takeOver });
const status = (directory: string) =>
  JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8")).status;

test("a run whose process is gone is closed, one that is alive is left alone", async () => {
  const dead = running(ids[0], { pid: await deadPid(), startTicks: "1" });
  writeFileSync(path.join(dead, ".reserve-run"), "set aside for its end");
  const alive = running(ids[1], {});
  expect(close().map(({ run }) => [run.id, run.status])).toEqual([[ids[0], "interrupted"]]);
  expect([status(dead), status(alive)]).toEqual(["interrupted", "running"]);
  expect(existsSync(path.join(dead, ".reserve-run"))).toBe(false);
});

test("what is unreadable is named and passed by, and what is being made is no run", async () => {
  const broken = running(ids[0], {});
  writeFileSync(path.join(broken, "run.json"), "{");
  mkdirSync(path.join(runsDir, ids[1] ?? "", "run.json"), { recursive: true });
  const half = path.join(runsDir, `.${ids[2]}.tmp`);
  mkdirSync(half);
  writeFileSync(path.join(half, "run.json"), JSON.stringify(runRecord({ status: "running" })));
  const dead = running(ids[2], { pid: await deadPid(), startTicks: "1" });
  expect(close().map(({ directory }) => directory)).toEqual([dead]);
  expect(said).toEqual([
    expect.stringContaining(`${ids[0]}/run.json cannot be read and is passed by`),
    expect.stringContaining(`${ids[1]}/run.json cannot be read and is passed by`),
    expect.stringContaining(`${ids[2]} was left behind`),
  ]);
  expect(status(half)).toBe("running");
});

test("a run of another host is left alone, and the message names how to take it over", () => {
  const far = running(ids[0], { hostname: "elsewhere", machineId: "m", bootId: "b" });
  expect(close()).toEqual([]);
  expect(said).toEqual([expect.stringContaining(`--take-over ${ids[0]}`)]);
  expect(status(far)).toBe("running");
  expect(close(ids[0]).map(({ run }) => run.reason)).toEqual([
    expect.stringContaining("taken over from process"),
  ]);
  expect(status(far)).toBe("interrupted");
});

test("a run that is alive on this host is not taken over", () => {
  running(ids[0], {});
  expect(() => close(ids[0])).toThrow(`run ${ids[0]} is still going: process ${process.pid}`);
});

describe("the owner of a run", () => {
  const here = thisOwner();

  test("is gone after a boot of its machine, under whatever pid", () => {
    expect(lifeOf({ ...here, bootId: "an earlier one" })).toBe("gone");
  });

  test("stays the same when its machine is renamed", () => {
    expect(lifeOf({ ...here, hostname: "formerly" })).toBe("alive");
  });

  test("is not judged by the pids of another container on the same kernel", () => {
    expect(lifeOf({ ...here, pidNamespace: "pid:[1]" })).toBe("unknown");
  });

  test("is not judged on a copy of its machine", () => {
    expect(lifeOf({ ...here, hostname: "copy", bootId: "its own" })).toBe("unknown");
  });

  test("of an earlier version is judged by host name and start", async () => {
    const old = { pid: process.pid, startTicks: here.startTicks, hostname: os.hostname() };
    expect(lifeOf(ownerSchema.parse(old))).toBe("alive");
    expect(lifeOf(ownerSchema.parse({ ...old, startTicks: "1" }))).toBe("gone");
    expect(lifeOf(ownerSchema.parse({ ...old, hostname: "elsewhere" }))).toBe("unknown");
  });
});
