import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { inside } from "../../base/inside";
import { elfArchitecture } from "../outside/elf";
import { artefacts, type RoleContract, sharedContract } from "./role";
import type { SeenCommand, SeenImage, SeenSystem, SeenTree, UnitState } from "./seen";

/** Where a shell of root's looks for a command. */
const rootsPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const unitPlaces = [
  "/etc/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
];
/** One of them is a program of every image. */
const programsOfAny = ["/sbin/init", "/usr/lib/systemd/systemd", "/bin/sh", "/usr/bin/env"];

/**
 * Reads of a directory what the contract speaks of, for a role; changes nothing. `programs` are paths of
 * further ones that have to be there. Only root may look into every tree: what cannot be read is thrown.
 */
export async function lookAtImage(
  dir: string,
  contract: RoleContract,
  programs: readonly string[] = [],
): Promise<SeenImage> {
  const names = await readdir(dir);
  const root = path.join(dir, artefacts.tree);
  return {
    artefacts: new Set(names),
    manifest: await textOf(path.join(dir, artefacts.manifest)),
    tree: names.includes(artefacts.tree) ? await lookAtTree(root, contract, programs) : undefined,
  };
}

async function lookAtTree(
  root: string,
  contract: RoleContract,
  programs: readonly string[],
): Promise<SeenTree> {
  const present: string[] = [];
  for (const file of [...sharedContract.absent, ...contract.absent]) {
    if ((await inside(root, file)).kind !== "missing") present.push(file);
  }
  for (const name of await listed(root, "/etc/ssh")) {
    if (name.startsWith("ssh_host_")) present.push(`etc/ssh/${name}`);
  }
  const found = new Map<string, boolean>();
  for (const file of programs) found.set(file, (await inside(root, file)).kind !== "missing");
  return {
    architecture: await architectureOf(root),
    present,
    machineId: (await textInside(root, "/etc/machine-id")) ?? "",
    programs: found,
    system: (await isMadeAtBoot(root)) ? undefined : await lookAtSystem(root, contract),
  };
}

/** A tree of NixOS has its /etc from the first boot on. */
async function isMadeAtBoot(root: string): Promise<boolean> {
  const [store, units] = await Promise.all([
    inside(root, "/nix/store"),
    inside(root, "/etc/systemd/system"),
  ]);
  return store.kind === "there" && units.kind !== "there";
}

async function architectureOf(root: string): Promise<string | undefined> {
  for (const program of programsOfAny) {
    const found = await inside(root, program);
    if (found.kind !== "there") continue;
    const architecture = await elfArchitecture(found.file);
    if (architecture !== null) return architecture;
  }
  return undefined;
}

async function lookAtSystem(root: string, contract: RoleContract): Promise<SeenSystem> {
  const lines = async (file: string) =>
    ((await textInside(root, file)) ?? "").split("\n").map((line) => line.split(":"));
  const accounts = (await lines("/etc/passwd")).map(
    ([name = "", , uid, gid]) => [name, `${uid} ${gid}`] as const,
  );
  const passwords = (await lines("/etc/shadow"))
    .filter(([name, word = ""]) => name !== "" && !/^[*!]/.test(word))
    .map(([name = ""]) => name);
  const commands = new Map<string, SeenCommand>();
  for (const name of [...sharedContract.commands, ...contract.commands]) {
    commands.set(name, await lookForCommand(root, name));
  }
  const enabled = await enabledUnits(root);
  const units = new Map<string, UnitState>();
  const { started, daemons } = sharedContract;
  for (const name of [...started, ...daemons, ...contract.daemons]) {
    units.set(name, await unitState(root, `${name}.service`, enabled));
  }
  const missingFiles: string[] = [];
  for (const file of contract.files) {
    if ((await inside(root, file)).kind === "missing") missingFiles.push(file);
  }
  return { accounts: new Map(accounts), passwords, commands, units, missingFiles };
}

async function lookForCommand(root: string, name: string): Promise<SeenCommand> {
  const places = name.startsWith("/") ? [name] : rootsPath.map((place) => `${place}/${name}`);
  for (const place of places) {
    const found = await inside(root, place);
    if (found.kind === "at boot") return "at boot";
    if (found.kind === "missing") continue;
    const { mode, uid, gid } = await stat(found.file);
    return { mode: mode & 0o7777, uid, gid };
  }
  return "missing";
}

/** Names of the units that something wants: links in directories such as multi-user.target.wants. */
async function enabledUnits(root: string): Promise<ReadonlySet<string>> {
  const [place = ""] = unitPlaces;
  const wanted = new Set<string>();
  for (const directory of await listed(root, place)) {
    if (!/\.(wants|requires|upholds)$/.test(directory)) continue;
    for (const name of await listed(root, `${place}/${directory}`)) wanted.add(name);
  }
  return wanted;
}

async function unitState(
  root: string,
  unit: string,
  enabled: ReadonlySet<string>,
): Promise<UnitState> {
  for (const place of unitPlaces) {
    const directory = await inside(root, place);
    if (directory.kind !== "there") continue;
    const target = await readlink(path.join(directory.file, unit)).catch(() => "");
    if (target === "/dev/null") return "masked";
    if ((await inside(root, `${place}/${unit}`)).kind !== "there") continue;
    return enabled.has(unit) ? "enabled" : "disabled";
  }
  return "missing";
}

async function listed(root: string, directory: string): Promise<string[]> {
  const found = await inside(root, directory);
  if (found.kind !== "there" || !(await stat(found.file)).isDirectory()) return [];
  return readdir(found.file);
}

async function textInside(root: string, file: string): Promise<string | undefined> {
  const found = await inside(root, file);
  return found.kind === "there" ? textOf(found.file) : undefined;
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
