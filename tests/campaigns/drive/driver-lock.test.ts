import { spawn } from "node:child_process";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { repoRoot } from "../../../base/paths";
import { asOnlyDriver, driverOf } from "../../../campaigns/drive/driver-lock";
import { temporaryDirectory } from "../../store/run-fixture";

let store: string;
beforeEach(() => {
  store = path.join(temporaryDirectory(), "s.duckdb");
});

/** Another process that drives the campaign, until it is killed. */
async function otherDriver(campaign: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const code = `require("tsx/cjs");
    require("./campaigns/drive/driver-lock.ts").asOnlyDriver(process.argv[1], process.argv[2], async () => {
      console.log("driving");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const child = spawn(process.execPath, ["-e", code, store, campaign], {
    cwd: repoRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", () => reject(new Error("the other driver ended")));
  });
  const kill = () => {
    child.kill("SIGKILL");
    return ended;
  };
  return { pid: child.pid ?? 0, kill };
}

test("a second driver of a campaign is refused and told who has it, one of another is not", async () => {
  const other = await otherDriver("study");
  expect(await driverOf(store, "study")).toMatchObject({ pid: other.pid });
  const refused = asOnlyDriver(store, "study", async () => "driven");
  await expect(refused).rejects.toThrow(`campaign study is driven by process ${other.pid} of `);
  expect(await asOnlyDriver(store, "studies", async () => "driven")).toBe("driven");
});

test("a driver that was killed holds nothing", async () => {
  const other = await otherDriver("study");
  await other.kill();
  expect(await driverOf(store, "study")).toBeNull();
  const driven = asOnlyDriver(store, "study", async () => driverOf(store, "study"));
  expect(await driven).toMatchObject({ pid: process.pid });
});

test("a campaign is nobody's before and after its driver, also when that fails", async () => {
  expect(await driverOf(store, "study")).toBeNull();
  const failing = asOnlyDriver(store, "study", async () => {
    throw new Error("no memory");
  });
  await expect(failing).rejects.toThrow("no memory");
  expect(await driverOf(store, "study")).toBeNull();
  expect(await asOnlyDriver(store, "study", async () => "driven")).toBe("driven");
});
