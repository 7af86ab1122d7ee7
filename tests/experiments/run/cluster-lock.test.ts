import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ClusterLock } from "../../../experiments/run/cluster-lock";
import { ClusterTaken } from "../../../experiments/run/stop";
import { LocalExecutor } from "../remote/local-executor";

/** The machine may be busy; nothing here is fast by itself. */
const patient = { timeout: 20_000 };
vi.setConfig({ testTimeout: 60_000 });
const first = "20261125T100000Z-aaaaaa";
const second = "20261125T110000Z-bbbbbb";

let directory: string;
let locks: ClusterLock[];
let said: string[];

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "lock-"));
  locks = [];
  said = [];
});
afterEach(async () => {
  await Promise.all(locks.map((lock) => lock.release()));
  fs.rmSync(directory, { recursive: true });
});

async function take(executor: LocalExecutor, run: string, takeOver?: string) {
  const lock = await ClusterLock.take(executor, {
    cluster: "schedlab-test",
    controller: "controller",
    experiment: "test",
    run,
    runsDir: "/results/runs",
    report: (line) => said.push(`${run}: ${line}`),
    takeOver,
    settings: { directory, orphanSeconds: 3, silenceSeconds: 4, patienceSeconds: 6, beatMs: 500 },
  });
  locks.push(lock);
  return lock;
}

/** As a harness elsewhere left it: `change` says who it is. */
async function strangeHolder(change: Record<string, unknown>): Promise<LocalExecutor> {
  const executor = new LocalExecutor();
  const open = executor.open.bind(executor);
  executor.open = async (...call) => {
    const channel = await open(...call);
    const write = channel.write.bind(channel);
    channel.write = (text) =>
      write(
        text.startsWith("{") ? `${JSON.stringify({ ...JSON.parse(text), ...change })}\n` : text,
      );
    return channel;
  };
  await take(executor, first);
  return executor;
}

const holderFile = () => fs.readFileSync(path.join(directory, "holder"), "utf8");

test("a second harness is told who holds the lock, and has changed nothing", async () => {
  await take(new LocalExecutor(), first);
  const before = holderFile();
  const failure: Error & { remedy?: string } = await take(new LocalExecutor(), second).then(
    () => new Error("it got the lock"),
    (error) => error,
  );
  expect(failure.message).toMatch(
    new RegExp(
      `^cluster schedlab-test is in use by run ${first} of test, process ${process.pid} of user ` +
        `${os.userInfo().username} on host ${os.hostname()}, since 20\\S+Z \\(run directories in /results/runs\\)$`,
    ),
  );
  expect(failure.remedy).toContain(`--take-over ${first}`);
  expect(holderFile()).toBe(before);
});

test("the lock is free as soon as it is released, and names the run that is going", async () => {
  const lock = await take(new LocalExecutor(), first);
  lock.describe(second);
  await expect.poll(() => holderFile(), patient).toContain(second);
  await lock.release();
  await take(new LocalExecutor(), second);
  expect(said).toEqual([]);
});

test("a harness that was killed leaves the lock within seconds to one that waits for it", async () => {
  const killed = await strangeHolder({ hostname: "elsewhere", machineId: "m", bootId: "b" });
  locks.pop();
  const { open } = killed;
  // It does not come back.
  killed.open = () => new Promise(() => {});
  killed.lose();
  await expect.poll(holderFile, patient).toContain(" orphaned\n");
  await take(new LocalExecutor(), second);
  expect(said).toContain(
    `${second}: waiting for the cluster's lock: its holder has lost its connection`,
  );
  killed.open = open;
});

test("a harness that only lost its connection has its lock back before one that waits for it", async () => {
  const executor = new LocalExecutor();
  const lock = await take(executor, first);
  const [before] = executor.channels;
  executor.lose();
  const other = take(new LocalExecutor(), second);
  await expect(other).rejects.toThrow(`in use by run ${first}`);
  await expect.poll(() => said, patient).toContain(`${first}: the cluster's lock is held again`);
  expect(fs.existsSync(`/proc/${before?.pid}`)).toBe(false);
  expect(lock.lost.aborted).toBe(false);
});

test("a connection that is half dead does not keep the lock for ever", async () => {
  const executor = await strangeHolder({ hostname: "elsewhere", machineId: "m", bootId: "b" });
  locks.pop();
  await expect(take(new LocalExecutor(), second)).rejects.toThrow("on host elsewhere");
  executor.mute();
  executor.open = () => new Promise(() => {});
  await expect
    .poll(
      () =>
        take(new LocalExecutor(), second).then(
          () => true,
          () => false,
        ),
      patient,
    )
    .toBe(true);
});

test("the lock of a process that is gone for certain is taken at once", async () => {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  const dead = await strangeHolder({ pid: child.pid, startTicks: "1" });
  locks.pop();
  dead.open = () => new Promise(() => {});
  await take(new LocalExecutor(), second);
  expect(said).toContainEqual(
    expect.stringContaining(`from run ${first}, whose process ${child.pid} is gone`),
  );
  dead.lose();
});

test("nor is it waited for when its connection has ended as well", async () => {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  const dead = await strangeHolder({ pid: child.pid, startTicks: "1" });
  locks.pop();
  dead.open = () => new Promise(() => {});
  dead.lose();
  await expect.poll(holderFile, patient).toContain(" orphaned\n");
  await take(new LocalExecutor(), second);
  expect(said).toContainEqual(
    expect.stringContaining(`from run ${first}, whose process ${child.pid} is gone`),
  );
  expect(said).not.toContainEqual(expect.stringContaining("waiting"));
});

test("a lock that is taken over ends the run that had it, and says who has it now", async () => {
  const executor = await strangeHolder({ hostname: "elsewhere", machineId: "m", bootId: "b" });
  const [lost] = locks;
  await take(new LocalExecutor(), second, first);
  await expect.poll(() => lost?.lost.aborted, patient).toBe(true);
  expect(lost?.lost.reason).toBeInstanceOf(ClusterTaken);
  expect(lost?.lost.reason).toMatchObject({
    status: "failed",
    message: expect.stringContaining(
      `the cluster's lock was lost: cluster schedlab-test is in use by run ${second}`,
    ),
  });
  executor.lose();
});

test("a process that has the number of a former holder is left alone", async () => {
  const bystander = spawn("sleep", ["60"]);
  const lock = await take(new LocalExecutor(), first);
  const file = path.join(directory, "holder");
  const [head = "", holder] = fs.readFileSync(file, "utf8").split("\n");
  const [token] = head.split(" ");
  fs.writeFileSync(file, `${token} ${bystander.pid} 1 held\n${holder}\n`);
  await expect(take(new LocalExecutor(), second, first)).rejects.toThrow("in use");
  expect(bystander.exitCode).toBeNull();
  expect(fs.existsSync(`/proc/${bystander.pid}`)).toBe(true);
  bystander.kill();
  await lock.release();
});
