import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { repoRoot } from "../../base/paths";

/** A job line: job number, submit time, run time, requested processors, user. */
export function line(job: number, submit: number, run = 10, procs = 1, user = 1): string {
  return `${job} ${submit} -1 ${run} -1 -1 -1 ${procs} 20 -1 -1 ${user} -1 -1 -1 -1 -1 -1`;
}

/** Writes a log that goes away with the test. */
export function logFile(content: string | Buffer, name = "log.swf"): string {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-swf-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

const traces = process.env.SCHEDLAB_TRACES ?? path.join(repoRoot, "..", "shared", "traces");

/** A real log of the folder that SCHEDLAB_TRACES names, or null where it is absent. */
export function realLog(name: string): string | null {
  const file = path.join(traces, name);
  if (existsSync(file)) return file;
  console.log(`skipped: there is no ${file}`);
  return null;
}
