import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostThreads } from "../../host/threads";

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(path.join(tmpdir(), "schedlab-proc-"));
  mkdirSync(path.join(proc, "sys/kernel"), { recursive: true });
});
afterEach(() => rmSync(proc, { recursive: true }));

test("the least of the kernel's limits counts, and every thread that there is", async () => {
  writeFileSync(path.join(proc, "sys/kernel/pid_max"), "32768\n");
  writeFileSync(path.join(proc, "sys/kernel/threads-max"), "192729\n");
  writeFileSync(path.join(proc, "loadavg"), "0.15 0.10 0.05 2/283 25779\n");
  expect(await hostThreads(proc)).toEqual({ limit: 32_768, used: 283 });
});

test("a kernel that does not say has no limit that is known", async () => {
  writeFileSync(path.join(proc, "loadavg"), "0.15 0.10 0.05 2/283 25779\n");
  expect(await hostThreads(proc)).toBeNull();
});
