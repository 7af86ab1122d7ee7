import { type ImageManifest, imageManifestSchema } from "../manifest";
import { imageArchitecture } from "../outside/contents";
import type { ImageRole } from "../recipe";
import { artefacts, type RoleContract, sharedContract } from "./role";
import type { SeenImage, SeenSystem, SeenTree, UnitState } from "./seen";

/** A clause of the image contract, docs/image-contract.md. */
export type Clause =
  | "artefacts"
  | "manifest"
  | "role"
  | "architecture"
  | "what must not be there"
  | "accounts"
  | "units"
  | "commands"
  | "files";

/** A clause that an image breaks, and how that was seen. */
export interface Breach {
  readonly clause: Clause;
  readonly seen: string;
}

/** What an image is asked for. */
export interface Asked {
  readonly role: ImageRole;
  readonly contract: RoleContract;
  /** `disk` where machines boot it: they need more of it than containers do. */
  readonly format: "tree" | "disk";
  /** Whether the key has to be in the manifest; Nix knows it by the store path. */
  readonly key: "in manifest" | "elsewhere";
}

/** Every clause that what was seen breaks; empty when the image may be used. Pure. */
export function contractBreaches(seen: SeenImage, asked: Asked): Breach[] {
  const manifest = manifestBreaches(seen.manifest, asked);
  // Of another role's image, nothing else that is asked for has to be true.
  const other = manifest.some(({ clause }) => clause === "role");
  return [
    ...missingArtefacts(seen, asked.format),
    ...manifest,
    ...(seen.tree === undefined || other ? [] : treeBreaches(seen.tree, asked.contract)),
  ];
}

const madeFor: Readonly<Record<Asked["format"], readonly string[]>> = {
  tree: [artefacts.manifest, artefacts.tree],
  disk: Object.values(artefacts),
};

function missingArtefacts(seen: SeenImage, format: Asked["format"]): Breach[] {
  return madeFor[format]
    .filter((name) => !seen.artefacts.has(name))
    .map((name) => breach("artefacts", `there is no ${name}`));
}

/** @throws SyntaxError when it is not JSON, and zod's error when it lacks something. */
export function parseManifest(text: string): ImageManifest {
  return imageManifestSchema.parse(JSON.parse(text));
}

function manifestBreaches(text: string | undefined, { role, key }: Asked): Breach[] {
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [breach("manifest", `${artefacts.manifest} is not JSON`)];
  }
  const parsed = imageManifestSchema.safeParse(value);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) =>
      breach(
        "manifest",
        `${[artefacts.manifest, path.join(".")].filter(Boolean).join(", ")}: ${message}`,
      ),
    );
  }
  const manifest = parsed.data;
  return [
    ...(manifest.role === role
      ? []
      : [breach("role", `its manifest says ${manifest.role}, and the nodes are to be ${role}`)]),
    ...(key === "in manifest" && !/^[0-9a-z]{8,64}$/.test(manifest.key)
      ? [
          breach(
            "manifest",
            `its key is ${JSON.stringify(manifest.key)}, not 8 to 64 lower-case letters and digits that stand for its content`,
          ),
        ]
      : []),
    ...(Object.keys(manifest.packages).length === 0
      ? [breach("manifest", "it names no packages")]
      : []),
  ];
}

function treeBreaches(tree: SeenTree, contract: RoleContract): Breach[] {
  const { architecture = imageArchitecture, present, machineId, programs, system } = tree;
  return [
    ...(architecture === imageArchitecture
      ? []
      : [
          breach(
            "architecture",
            `its programs are built for ${architecture}; nodes are ${imageArchitecture}`,
          ),
        ]),
    ...present.map((file) => breach("what must not be there", `/${file}`)),
    ...(machineId.trim() === ""
      ? []
      : [breach("what must not be there", "an identity in /etc/machine-id, which must be empty")]),
    ...(system === undefined ? [] : systemBreaches(system, contract, programs)),
  ];
}

function systemBreaches(
  system: SeenSystem,
  contract: RoleContract,
  programs: SeenTree["programs"],
): Breach[] {
  const ids = Object.entries(contract.accounts).flatMap(([name, wanted]) => {
    const found = system.accounts.get(name);
    if (found === wanted) return [];
    const seen = found === undefined ? "is missing" : `has the ids ${found}`;
    return [breach("accounts", `${name} ${seen}; it must have the ids ${wanted}`)];
  });
  return [
    ...system.passwords.map((name) =>
      breach("what must not be there", `a password of the account ${name}, which must be locked`),
    ),
    ...ids,
    ...unitBreaches(system, sharedContract.started, "enabled"),
    ...unitBreaches(system, [...sharedContract.daemons, ...contract.daemons], "disabled"),
    ...[...sharedContract.commands, ...contract.commands].flatMap((name) =>
      commandBreach(system, name, contract.setuid.includes(name)),
    ),
    ...system.missingFiles.map((file) => breach("files", `there is no ${file}`)),
    ...[...programs]
      .filter(([, there]) => !there)
      .map(([file]) => breach("commands", `there is no ${file}, which the workload needs`)),
  ];
}

function unitBreaches(
  { units }: SeenSystem,
  names: readonly string[],
  wanted: UnitState,
): Breach[] {
  return names.flatMap((name) => {
    const state = units.get(name) ?? "missing";
    if (state === wanted) return [];
    return [breach("units", `${name}.service is ${state}; it must be ${wanted}`)];
  });
}

function commandBreach({ commands }: SeenSystem, name: string, setuid: boolean): Breach[] {
  const seen = commands.get(name) ?? "missing";
  if (seen === "at boot") return [];
  if (seen === "missing") {
    return [
      breach(
        "commands",
        name.startsWith("/") ? `there is no ${name}` : `${name} is not on root's path`,
      ),
    ];
  }
  if ((seen.mode & 0o111) === 0) return [breach("commands", `${name} cannot be executed`)];
  if (!setuid || (seen.mode === 0o4755 && seen.uid === 0 && seen.gid === 0)) return [];
  const mode = seen.mode.toString(8);
  return [
    breach(
      "commands",
      `${name} has mode ${mode} and belongs to ${seen.uid}:${seen.gid}; it must have 4755 and belong to 0:0`,
    ),
  ];
}

function breach(clause: Clause, seen: string): Breach {
  return { clause, seen };
}

/** A line for each. */
export function breachLines(breaches: readonly Breach[]): string[] {
  return breaches.map(({ clause, seen }) => `${clause}: ${seen}`);
}
