import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inotifyInstances } from "../../host/inotify";

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(path.join(tmpdir(), "schedlab-proc-"));
});
afterEach(() => rmSync(proc, { recursive: true }));

function openFiles(pid: number, targets: readonly string[]): void {
  const files = path.join(proc, String(pid), "fd");
  mkdirSync(files, { recursive: true });
  for (const [index, target] of targets.entries()) {
    symlinkSync(target, path.join(files, String(index)));
  }
}

test.runIf(process.getuid?.() === 0)(
  "root's instances are counted over all processes, and nothing else that they have open",
  async () => {
    mkdirSync(path.join(proc, "sys/fs/inotify"), { recursive: true });
    writeFileSync(path.join(proc, "sys/fs/inotify/max_user_instances"), "128\n");
    openFiles(1, ["anon_inode:inotify", "/dev/null", "anon_inode:inotify"]);
    openFiles(77, ["anon_inode:[eventpoll]", "anon_inode:inotify"]);
    mkdirSync(path.join(proc, "88"));
    expect(await inotifyInstances(proc)).toEqual({ limit: 128, used: 3 });
  },
);

test("a kernel that does not say what the limit is has none that is known", async () => {
  expect(await inotifyInstances(proc)).toBeNull();
});
