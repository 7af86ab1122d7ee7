import { execa } from "execa";
import { z } from "zod";
import { Failure } from "../base/failure";
import { machineUri } from "../host/libvirtd";
import { isPlacedIn, stackDirectory, stackOfDomain } from "../host/owner";
import { virsh } from "../host/virsh";
import { projectDirectory } from "./experiment";

/** Kinds of which a second one of the same name cannot be made. */
type Kind = "machine" | "volume" | "network" | "pool";

export interface Made {
  readonly kind: Kind;
  readonly name: string;
}

/** Resource types of the libvirt provider, by the last part of their token. */
const kinds: Readonly<Record<string, Kind>> = {
  Domain: "machine",
  Volume: "volume",
  Combustion: "volume",
  Network: "network",
  Pool: "pool",
};

const exportSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          type: z.string(),
          outputs: z.looseObject({ name: z.unknown().optional() }).optional(),
        }),
      )
      .optional(),
  }),
});

/** What the state of a stack says it has made. */
export function recorded(stackExport: unknown): Made[] {
  const { resources = [] } = exportSchema.parse(stackExport).deployment;
  return resources.flatMap(({ type, outputs }) => {
    const kind = type.startsWith("libvirt:") ? kinds[type.split(":").at(-1) ?? ""] : undefined;
    return kind !== undefined && typeof outputs?.name === "string"
      ? [{ kind, name: outputs.name }]
      : [];
  });
}

/** What exists without being recorded: left by an `up` that was killed between the two. */
export function orphansOf(existing: readonly Made[], known: readonly Made[]): Made[] {
  const key = ({ kind, name }: Made) => `${kind} ${name}`;
  const keys = new Set(known.map(key));
  return existing.filter((made) => !keys.has(key(made)));
}

/** Lines of a question to the hypervisor. @throws Failure when it is not answered. */
async function ask(...command: string[]): Promise<string> {
  const { failed, stdout, stderr } = await virsh(machineUri, command);
  if (failed) {
    throw new Failure(`virsh does not answer: ${command.join(" ")}`, { detail: stderr });
  }
  return stdout;
}

/** Names of the volumes that a stack of machines makes; a pool lists other files and directories too. */
const volumeName = /^(?:base\.qcow2|vmlinuz|initrd\.img|[a-z0-9]+\.(?:qcow2|seed))$/;

/** The volumes among the lines of `virsh vol-list`, each a name and a path. */
export function volumesIn(list: string, clusterName: string): Made[] {
  return list.split("\n").flatMap((line) => {
    const [name = "", file = ""] = line.trim().split(/\s+/);
    const own = volumeName.test(name) && file === `${stackDirectory(clusterName)}/${name}`;
    return own ? [{ kind: "volume", name } as const] : [];
  });
}

/** The stack's machines: those that are named like its nodes and lie in its directory. */
async function machinesOf(stack: string, names: readonly string[]): Promise<Made[]> {
  const candidates = names.filter((name) => stackOfDomain(name) === stack);
  const definitions = await Promise.all(candidates.map((name) => ask("dumpxml", name)));
  return candidates
    .filter((_, index) => isPlacedIn(definitions[index] ?? "", stack))
    .map((name) => ({ kind: "machine", name }));
}

async function existing(stack: string, clusterName: string): Promise<Made[]> {
  const lines = (text: string) => text.split("\n").map((line) => line.trim());
  const [machines, networks, pools] = await Promise.all([
    ask("list", "--all", "--name").then(lines),
    ask("net-list", "--all", "--name").then(lines),
    ask("pool-list", "--all", "--name").then(lines),
  ]);
  const hasPool = pools.includes(clusterName);
  const active = hasPool && lines(await ask("pool-list", "--name")).includes(clusterName);
  return [
    ...(await machinesOf(stack, machines)),
    ...(active ? volumesIn(await ask("vol-list", clusterName), clusterName) : []),
    ...(networks.includes(clusterName) ? [{ kind: "network", name: clusterName } as const] : []),
    ...(hasPool ? [{ kind: "pool", name: clusterName } as const] : []),
  ];
}

const removals: Record<Kind, (name: string, clusterName: string) => string[][]> = {
  machine: (name) => [
    ["destroy", name],
    ["undefine", name],
  ],
  volume: (name, clusterName) => [["vol-delete", name, "--pool", clusterName]],
  network: (name) => [
    ["net-destroy", name],
    ["net-undefine", name],
  ],
  pool: (name) => [
    ["pool-destroy", name],
    ["pool-undefine", name],
  ],
};

/**
 * Removes what a killed `up` made without recording it, since a second one of its name is refused.
 * @returns what was removed. @throws Failure when the stack's state cannot be read.
 */
export async function removeOrphans(stack: string, clusterName: string): Promise<Made[]> {
  const found = await existing(stack, clusterName);
  if (found.length === 0) return [];
  const state = await execa("pulumi", ["stack", "export", "--stack", stack], {
    cwd: projectDirectory,
    reject: false,
    stdin: "ignore",
    timeout: 60_000,
  });
  if (state.failed) {
    throw new Failure(`cannot read the state of stack ${stack}`, { detail: state.stderr });
  }
  const orphans = orphansOf(found, recorded(JSON.parse(state.stdout)));
  for (const { kind, name } of orphans) {
    for (const command of removals[kind](name, clusterName)) await virsh(machineUri, command);
  }
  return orphans;
}
