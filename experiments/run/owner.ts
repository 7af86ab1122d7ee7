import fs from "node:fs";
import os from "node:os";
import { z } from "zod";

/** Beside run.json while a run is going: which process writes there. */
export const ownerFile = "owner.json";

export const ownerSchema = z.strictObject({
  pid: z.int().positive(),
  /** Start of the process in clock ticks since boot; tells it from a later one of the same pid. */
  startTicks: z.string(),
  hostname: z.string(),
});
export type Owner = z.infer<typeof ownerSchema>;

export function thisOwner(): Owner {
  const startTicks = processStart(process.pid) ?? "unknown";
  return { pid: process.pid, startTicks, hostname: os.hostname() };
}

/** A process of another machine cannot be looked at, and counts as alive. */
export function isAlive(owner: Owner): boolean {
  if (owner.hostname !== os.hostname()) return true;
  return processStart(owner.pid) === owner.startTicks;
}

function processStart(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command, in parentheses, may hold blanks; the start is field 22 of all (proc(5)).
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
