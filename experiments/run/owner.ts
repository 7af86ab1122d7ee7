import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";

/** Beside run.json while a run is going: which process writes there. */
export const ownerFile = "owner.json";

export const ownerSchema = z.strictObject({
  pid: z.int().positive(),
  /** Start of the process in clock ticks since boot; tells it from a later one of the same pid. */
  startTicks: z.string(),
  hostname: z.string(),
  /** Of the machine's installation; it stays when the machine is renamed. */
  machineId: z.string().nullable().default(null),
  /** Of the running kernel; another one after each boot. */
  bootId: z.string().nullable().default(null),
  /** Process numbers mean something only in the namespace that gave them. */
  pidNamespace: z.string().nullable().default(null),
});
export type Owner = z.infer<typeof ownerSchema>;

/** `unknown`: a process of another machine or container, which cannot be looked at from here. */
export type Life = "alive" | "gone" | "unknown";

export function thisOwner(): Owner {
  return {
    pid: process.pid,
    startTicks: processStart(process.pid) ?? "unknown",
    hostname: os.hostname(),
    machineId: read("/etc/machine-id"),
    bootId: read("/proc/sys/kernel/random/boot_id"),
    pidNamespace: pidNamespace(),
  };
}

/** The owner of a run directory; null where none has said so. */
export function readOwner(directory: string): Owner | null {
  try {
    const owner = JSON.parse(fs.readFileSync(path.join(directory, ownerFile), "utf8"));
    return ownerSchema.safeParse(owner).data ?? null;
  } catch {
    return null;
  }
}

export function lifeOf(owner: Owner, here: Owner = thisOwner()): Life {
  if (owner.bootId !== null && owner.bootId === here.bootId) {
    return owner.pidNamespace === here.pidNamespace ? lifeHere(owner) : "unknown";
  }
  // A copied machine has its original's id, so the name has to agree too.
  if (owner.hostname !== here.hostname || owner.machineId !== here.machineId) {
    return owner.machineId === null && owner.hostname === here.hostname
      ? lifeHere(owner)
      : "unknown";
  }
  return owner.bootId === null ? lifeHere(owner) : "gone";
}

function lifeHere({ pid, startTicks }: Owner): Life {
  return processStart(pid) === startTicks ? "alive" : "gone";
}

function processStart(pid: number): string | null {
  // The command, in parentheses, may hold blanks; the start is field 22 of all (proc(5)).
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function pidNamespace(): string | null {
  try {
    return fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

function read(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}
