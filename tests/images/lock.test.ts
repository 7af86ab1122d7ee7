import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../images/lock";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "schedlab-lock-"));
  file = path.join(dir, "lock");
});
afterEach(() => rmSync(dir, { recursive: true }));

const quiet = () => {};

test("two builders take turns", async () => {
  const events: string[] = [];
  const builder = (name: string) =>
    withLock(file, "it", quiet, async () => {
      events.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} out`);
    });
  await Promise.all([builder("a"), builder("b")]);
  expect(events[0]?.[0]).toBe(events[1]?.[0]);
  expect(events[2]?.[0]).toBe(events[3]?.[0]);
  expect(events).toHaveLength(4);
});

test("work that fails frees the lock and keeps its error", async () => {
  await expect(
    withLock(file, "it", quiet, () => Promise.reject(new Error("broken"))),
  ).rejects.toThrow("broken");
  expect(await withLock(file, "it", quiet, async () => "done")).toBe("done");
});

test("a builder that is killed leaves no lock", async () => {
  const holder = `
    const { withLock } = require(${JSON.stringify(path.resolve(__dirname, "../../images/lock"))});
    withLock(${JSON.stringify(file)}, "it", () => {}, () => {
      process.stdout.write("held");
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", holder], {
    cwd: path.resolve(__dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGKILL");
  expect(await withLock(file, "it", quiet, async () => "done")).toBe("done");
}, 20_000);
