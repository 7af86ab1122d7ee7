import { readdirSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { ageOfProcess } from "../base/process";
import { projectName } from "./environment";

const lockSchema = z.looseObject({
  pid: z.int().positive(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
});

/** A lock that a `pulumi` holds, or held when it was killed, on a stack in a backend of files. */
export interface StackLock {
  readonly stack: string;
  readonly pid: number;
  readonly user: string;
  readonly host: string;
  /** When it was taken, in UTC. */
  readonly since: string;
  /** `elsewhere`: on another host, where the process cannot be looked at. */
  readonly holder: "alive" | "gone" | "elsewhere";
}

/** Clocks are set, and the time of a start is known to a second only. */
const toleranceSeconds = 10;

/** The directory of a backend of files; undefined for others, whose locks their service keeps. */
export function backendDirectory(url: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const [place = ""] = url.slice("file://".length).split("?");
  return path.resolve(place.replace(/^~(?=\/|$)/, homedir()));
}

/** The locks of this project's stacks, or of one of them. Changes nothing; an unreadable one is passed by. */
export function stackLocks(backendUrl: string, only?: string): StackLock[] {
  const directory = backendDirectory(backendUrl);
  if (directory === undefined) return [];
  const project = path.join(directory, ".pulumi", "locks", "organization", projectName());
  return entries(project)
    .filter((stack) => only === undefined || stack === only)
    .flatMap((stack) =>
      entries(path.join(project, stack)).flatMap((file) =>
        readLock(stack, path.join(project, stack, file)),
      ),
    );
}

/** Whose process is certainly gone: nobody but `pulumi cancel` will ever take them away. */
export function staleLocks(locks: readonly StackLock[]): StackLock[] {
  return locks.filter(({ holder }) => holder === "gone");
}

/**
 * Files of attributes that a killed Pulumi left unfinished beside the files of a stack's state. Pulumi
 * cannot read the state while they are there, and reads it without them: they hold nothing of it. Look for
 * them only while no `pulumi` works on the stack, since it writes them in place. Changes nothing.
 * @returns paths.
 */
export function brokenAttributes(backendUrl: string, stack: string): string[] {
  const directory = backendDirectory(backendUrl);
  if (directory === undefined) return [];
  const state = path.join(directory, ".pulumi");
  const stacks = path.join(state, "stacks", projectName());
  const locks = path.join(state, "locks", "organization", projectName(), stack);
  const checkpoints = ["json", "json.gz", "json.zst"].flatMap((form) =>
    [`${stack}.${form}`, `${stack}.${form}.bak`].map((file) => path.join(stacks, file)),
  );
  return [
    ...[path.join(state, "meta.yaml"), ...checkpoints].map((file) => `${file}.attrs`),
    ...entries(locks)
      .filter((file) => file.endsWith(".attrs"))
      .map((file) => path.join(locks, file)),
  ].filter(isUnfinished);
}

function isUnfinished(file: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return false;
  }
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

function readLock(stack: string, file: string): StackLock[] {
  try {
    const {
      pid,
      username,
      hostname: host,
      timestamp,
    } = lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    const since = new Date(timestamp);
    const lock = { stack, pid, user: username, host, since: since.toISOString() };
    return [{ ...lock, holder: host === hostname() ? holderOf(pid, since) : "elsewhere" }];
  } catch {
    return [];
  }
}

/** A process that began after the lock was taken has only the same id. */
function holderOf(pid: number, since: Date): StackLock["holder"] {
  const age = ageOfProcess(pid);
  if (age === undefined) return "gone";
  const seconds = (Date.now() - since.getTime()) / 1000;
  return age + toleranceSeconds < seconds ? "gone" : "alive";
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
