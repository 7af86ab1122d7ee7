import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { containerDeleteScript } from "./container/delete";
import { Failure } from "./failure";
import { containerUri, machineUri } from "./libvirtd";
import { parseMountinfo } from "./mounts";
import { belongsTo, cgroupOwner, processOwner, shortenedBelongsTo } from "./owner";

/** Below it every stack has a directory of its own, named like its network and pool. */
export const stacksDirectory = "/var/lib/schedlab";

const virshSeconds = 30;

type LeftoverKind =
  | "container"
  | "machine"
  | "network"
  | "pool"
  | "process"
  | "mount"
  | "cgroup"
  | "directory";

/** One thing on this host that belongs to a stack. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Name of the domain, network or pool that it belongs to; shortened by libvirt for a cgroup. */
  readonly owner: string;
  /** Path, process id or name. */
  readonly what: string;
}

/** Everything that belongs to `stack`, or to any stack; empty after a clean `pulumi destroy`. */
export async function listLeftovers(stack?: string): Promise<Leftover[]> {
  const named = async (kind: LeftoverKind, uri: string, ...command: string[]) =>
    (await virshLines(uri, ...command))
      .filter((name) => belongsTo(name, stack))
      .map((name) => ({ kind, owner: name, what: name }));
  const lists = await Promise.all([
    named("container", containerUri, "list", "--all", "--name"),
    named("machine", machineUri, "list", "--all", "--name"),
    named("network", machineUri, "net-list", "--all", "--name"),
    named("pool", machineUri, "pool-list", "--all", "--name"),
  ]);
  return [
    ...lists.flat(),
    ...processes(stack),
    ...mounts(stack),
    ...cgroups("/sys/fs/cgroup", stack, 3),
    ...directories(stack),
  ];
}

/** One line a leftover, or one that says that there are none. */
export function leftoverLines(found: readonly Leftover[]): string[] {
  if (found.length === 0) return ["nothing is left"];
  return found.map(({ kind, owner, what }) =>
    owner === what ? `${kind} ${owner}` : `${kind} ${what} (${owner})`,
  );
}

/**
 * Removes all that belongs to `stack`, or to any stack, whether or not a Pulumi state knows it.
 * @returns what was there.
 * @throws Failure when something cannot be removed.
 */
export async function removeLeftovers(stack?: string): Promise<Leftover[]> {
  const found = await listLeftovers(stack);
  for (const [domainName, stateDir] of containers(found)) {
    await bash(containerDeleteScript({ domainName, stateDir }), domainName);
  }
  const names = (kind: LeftoverKind) =>
    found.filter((leftover) => leftover.kind === kind).map(({ owner }) => owner);
  for (const name of names("machine")) {
    await virsh(machineUri, "destroy", name);
    await virsh(machineUri, "undefine", name, "--nvram", "--managed-save", "--snapshots-metadata");
  }
  for (const name of names("network")) {
    await virsh(machineUri, "net-destroy", name);
    await virsh(machineUri, "net-undefine", name);
  }
  for (const name of names("pool")) {
    await virsh(machineUri, "pool-destroy", name);
    await virsh(machineUri, "pool-undefine", name);
  }
  for (const { kind, what } of found) {
    // Cgroups of a container that nothing else knows of; those in use refuse.
    if (kind === "cgroup" && existsSync(what)) {
      await execa("find", [what, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"], {
        reject: false,
      });
    }
  }
  for (const { what } of directories(stack)) await rm(what, { recursive: true, force: true });
  const still = await listLeftovers(stack);
  if (still.length > 0) {
    throw new Failure("Something of schedlab cannot be removed from this host.", {
      detail: leftoverLines(still).join("\n"),
    });
  }
  return found;
}

/** Names of the containers among the leftovers, each with the directory that holds its own. */
function containers(found: readonly Leftover[]): Map<string, string> {
  const stateDirs = new Map<string, string>();
  for (const { kind, owner, what } of found) {
    if (kind === "mount" && what.endsWith(`/${owner}/merged`)) {
      stateDirs.set(owner, path.dirname(path.dirname(what)));
    }
  }
  const names = found.flatMap(({ kind, owner, what }) => {
    if (kind === "container") return [owner];
    if (kind === "cgroup") return path.basename(what).startsWith("node-") ? [owner] : [];
    return kind === "process" && isContainerProcess(Number(what)) ? [owner] : [];
  });
  for (const name of names) {
    if (!stateDirs.has(name)) stateDirs.set(name, stateDirOf(name));
  }
  return stateDirs;
}

function stateDirOf(domainName: string): string {
  const stacks = existsSync(stacksDirectory) ? readdirSync(stacksDirectory) : [];
  const stack =
    stacks.find((name) => existsSync(path.join(stacksDirectory, name, domainName))) ??
    domainName.slice(0, domainName.lastIndexOf("-"));
  return path.join(stacksDirectory, stack);
}

function isContainerProcess(pid: number): boolean {
  return (
    words(`/proc/${pid}/environ`).some((entry) => entry.startsWith("LIBVIRT_LXC_NAME=")) ||
    (words(`/proc/${pid}/cmdline`)[0] ?? "").endsWith("libvirt_lxc")
  );
}

function processes(stack: string | undefined): Leftover[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid): Leftover[] => {
      const owner = processOwner(words(`/proc/${pid}/cmdline`), words(`/proc/${pid}/environ`));
      return owner !== undefined && belongsTo(owner, stack)
        ? [{ kind: "process", owner, what: pid }]
        : [];
    });
}

/** Words of a file of /proc; none when the process is gone. */
function words(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\0");
  } catch {
    return [];
  }
}

function mounts(stack: string | undefined): Leftover[] {
  return parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8")).flatMap(
    ({ target, source }): Leftover[] => {
      const owner = [source, ...target.split("/").reverse()].find((part) => belongsTo(part, stack));
      return owner === undefined ? [] : [{ kind: "mount", owner, what: target }];
    },
  );
}

function cgroups(directory: string, stack: string | undefined, depth: number): Leftover[] {
  return subdirectories(directory).flatMap((name): Leftover[] => {
    const file = path.join(directory, name);
    const owner = cgroupOwner(name);
    if (owner !== undefined) {
      // A shortened name can be another stack's. One in use shows by its container's processes too.
      const own = belongsTo(owner, stack) || (shortenedBelongsTo(owner, stack) && isUnused(file));
      return own ? [{ kind: "cgroup", owner, what: file }] : [];
    }
    return depth > 0 ? cgroups(file, stack, depth - 1) : [];
  });
}

/** Whether no process is in a cgroup or below it. */
function isUnused(cgroup: string): boolean {
  const members = words(path.join(cgroup, "cgroup.procs")).join("");
  return (
    members === "" && subdirectories(cgroup).every((name) => isUnused(path.join(cgroup, name)))
  );
}

function directories(stack: string | undefined): Leftover[] {
  return subdirectories(stacksDirectory)
    .filter((name) => belongsTo(name, stack))
    .map((name) => ({ kind: "directory", owner: name, what: path.join(stacksDirectory, name) }));
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

async function virshLines(uri: string, ...command: string[]): Promise<string[]> {
  // virsh pads the names of pools with blanks.
  const { stdout } = await virsh(uri, ...command);
  return (stdout ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Never throws: what matters is what is there afterwards. */
function virsh(uri: string, ...command: string[]) {
  return execa("virsh", ["--quiet", "-c", uri, ...command], {
    reject: false,
    stdin: "ignore",
    timeout: virshSeconds * 1000,
  });
}

async function bash(script: string, name: string): Promise<void> {
  const result = await execa("bash", ["-c", script], { reject: false, timeout: 120_000 });
  if (result.failed) {
    throw new Failure(`Container ${name} cannot be removed.`, {
      detail: result.stderr,
      cause: result,
    });
  }
}
