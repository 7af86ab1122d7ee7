import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runHostScript } from "../../host/script";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "schedlab-script-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Whether the process whose id a script has written is still there. */
function runs(file: string): boolean {
  const stat = `/proc/${readFileSync(file, "utf8").trim()}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, "utf8"));
}

describe("a script on the host", () => {
  test("hands on its input, and ends as it says", async () => {
    const copy = path.join(directory, "copy");
    const input = "one\ntwo\n";
    const done = await runHostScript(`cat >${copy}; echo said >&2`, { seconds: 20, input });
    expect(done).toMatchObject({ failed: false, timedOut: false, stderr: "said" });
    expect(readFileSync(copy, "utf8")).toBe(input);
    const failed = await runHostScript("echo why >&2; exit 3", { seconds: 20 });
    expect(failed).toMatchObject({ failed: true, timedOut: false, stderr: "why" });
  });

  test("ends at its deadline with a child that hangs and holds its standard error", async () => {
    const pid = path.join(directory, "pid");
    const began = performance.now();
    const script = `bash -c 'echo $$ >${pid}; exec sleep 100'; true`;
    const end = await runHostScript(script, { seconds: 1 });
    expect(end).toMatchObject({ failed: true, timedOut: true });
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect.poll(() => runs(pid)).toBe(false);
  });

  test("is killed when it does not end in order", { timeout: 60_000 }, async () => {
    const pid = path.join(directory, "pid");
    const script = `trap '' TERM; echo $$ >${pid}; while :; do sleep 100; done`;
    const end = await runHostScript(script, { seconds: 1 });
    expect(end).toMatchObject({ failed: true, timedOut: true });
    await expect.poll(() => runs(pid)).toBe(false);
  });
});
