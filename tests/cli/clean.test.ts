import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { registerClean } from "../../cli/clean";
import { lockChecks } from "../../cli/pulumi/lock-checks";
import { cancelCommand, refuseStaleLock } from "../../cli/pulumi/locks";
import { runCommand } from "./command";

// The hypervisor may have other work, and take its time to answer.
vi.setConfig({ testTimeout: 60_000 });

const stack = "never-was";
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-clean-"));
  vi.stubEnv("PULUMI_BACKEND_URL", `file://${directory}`);
  vi.stubEnv("SCHEDLAB_STATE", path.join(directory, "state"));
  const place = path.join(directory, ".pulumi", "locks", "organization", "schedlab", stack);
  mkdirSync(place, { recursive: true });
  file = path.join(place, "lock.json");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function lock(pid: number, host = hostname()): void {
  const timestamp = new Date().toISOString();
  writeFileSync(file, JSON.stringify({ pid, username: "root", hostname: host, timestamp }));
}

/** What the command printed, but for hypervisors that do not answer where none runs. */
async function cleanOutput(...args: string[]): Promise<string> {
  const { output } = await runCommand(registerClean, "clean", ...args);
  return output
    .split("\n")
    .filter((line) => !line.includes("does not answer"))
    .join("\n");
}

async function staleLock(): Promise<void> {
  const child = spawn("true");
  await once(child, "exit");
  lock(child.pid ?? 0);
}

test("a dry run names the lock of a pulumi that is gone, with the command, and leaves it", async () => {
  await staleLock();
  const output = await cleanOutput("-s", stack, "--dry-run");
  expect(output).toMatch(/stack never-was is locked by a pulumi process \d+ of root .* is gone/);
  expect(output).toContain("→ pulumi cancel -s never-was --yes");
  expect(existsSync(file)).toBe(true);
});

test("without a terminal and without --yes nothing is done, and it says how", async () => {
  await staleLock();
  await expect(runCommand(registerClean, "clean", "-s", stack)).rejects.toMatchObject({
    message: "nothing was removed: there is nobody to ask",
    remedy: expect.stringContaining("--yes"),
  });
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["a pulumi that works", hostname(), "wait until it has ended"],
  ["a pulumi of another host", "elsewhere.example.org", cancelCommand(stack)],
])("the lock of %s is left alone, whatever is said", async (_, host, remedy) => {
  lock(process.pid, host);
  await expect(runCommand(registerClean, "clean", "-s", stack, "--yes")).rejects.toMatchObject({
    message: expect.stringContaining(`locked by a pulumi process ${process.pid}`),
    remedy: expect.stringContaining(remedy),
  });
  expect(existsSync(file)).toBe(true);
});

describe("an image that Nix keeps for a stack", () => {
  const image = "/nix/store/0123-slurm-image";
  const roots = () => path.join(directory, "state", "image-roots");
  beforeEach(() => {
    for (const name of [stack, `${stack}-2`]) {
      mkdirSync(path.join(roots(), name), { recursive: true });
      symlinkSync(image, path.join(roots(), name, "slurm-0123"));
    }
  });

  test("is named by a dry run, and stays kept", async () => {
    const output = await cleanOutput("-s", stack, "--dry-run");
    expect(output.trim()).toBe(`image ${image} is kept for stack ${stack}`);
    expect(readdirSync(path.join(roots(), stack))).toEqual(["slurm-0123"]);
  });

  test.each([["--yes"], ["--yes", "--within-pulumi"]])(
    "is let go with %s %s, and no other stack's",
    async (...options) => {
      await cleanOutput("-s", stack, ...options);
      expect(readdirSync(roots())).toEqual([`${stack}-2`]);
      expect(readdirSync(path.join(roots(), `${stack}-2`))).toEqual(["slurm-0123"]);
    },
  );
});

describe("attributes that a killed pulumi left unfinished", () => {
  let attributes: string;
  beforeEach(() => {
    const place = path.join(directory, ".pulumi", "stacks", "schedlab");
    mkdirSync(place, { recursive: true });
    attributes = path.join(place, `${stack}.json.attrs`);
    writeFileSync(attributes, "");
  });

  test("are named by a dry run, and removed when that is agreed", async () => {
    const output = await cleanOutput("-s", stack, "--dry-run");
    expect(output).toBe(
      `${attributes} was left unfinished by a pulumi that was killed; no state is in it, and Pulumi cannot read the stack beside it`,
    );
    expect(existsSync(attributes)).toBe(true);
    await runCommand(registerClean, "clean", "-s", stack, "--yes");
    expect(existsSync(attributes)).toBe(false);
    expect(await cleanOutput("-s", stack, "--dry-run")).toBe("nothing is left");
  });

  test("may be those that a working pulumi is writing, and are then left alone", async () => {
    lock(process.pid);
    const output = await cleanOutput("-s", stack, "--dry-run");
    expect(output).not.toContain(attributes);
  });
});

test("the last step of a destroy does not look at the lock, which is its own", async () => {
  lock(process.pid);
  expect(await cleanOutput("--yes", "--within-pulumi", "--stack", stack)).toBe("nothing is left");
});

test("doctor and the demo name a stale lock and the command that takes it away", async () => {
  expect(lockChecks()).toMatchObject([{ status: "ok" }]);
  lock(process.pid);
  expect(lockChecks()).toMatchObject([{ status: "ok" }]);
  refuseStaleLock(stack);
  await staleLock();
  expect(lockChecks()).toMatchObject([
    { status: "warn", remedy: expect.stringContaining(cancelCommand(stack)) },
  ]);
  expect(() => refuseStaleLock(stack)).toThrow(/is gone/);
  refuseStaleLock("never");
});
