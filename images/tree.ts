import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { shellFile, shellWords } from "../base/shell-script";
import { type ProgramOrigin, stageBuilt } from "./built";
import { debianSources } from "./mirror";
import { checkLibraries } from "./outside/libraries";
import type { OutsidePackages } from "./outside/packages";
import type { Recipe } from "./recipe";

const debHooks = "/usr/share/mmdebstrap/hooks/file-mirror-automount";

/** Minutes that mmdebstrap may take: one on a quick mirror, more on a slow line. */
const deadlineMinutes = 40;

/** Files that mmdebstrap reads while it works; they lie beside the tree, not in it. */
export interface TreeWorkspace {
  readonly target: string;
  readonly stage: string;
  readonly essentialHook: string;
  readonly outsideHook: string;
  readonly unitsHook: string;
  readonly finishHook: string;
}

export function treeWorkspace(dir: string): TreeWorkspace {
  return {
    target: path.join(dir, "root"),
    stage: path.join(dir, "stage"),
    essentialHook: path.join(dir, "accounts.sh"),
    outsideHook: path.join(dir, "outside.sh"),
    unitsHook: path.join(dir, "units.sh"),
    finishHook: path.join(dir, "finish.sh"),
  };
}

/**
 * A command whose mounts and processes end with this process, however it ends: mmdebstrap mounts
 * /proc and /dev in the tree, and one that is killed would leave them there.
 */
export function contained(...command: string[]): [file: string, arguments: string[]] {
  const namespaces = ["--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];
  return ["setpriv", ["--pdeathsig", "KILL", "unshare", ...namespaces, ...command]];
}

/** The arguments of mmdebstrap for a recipe; the sources are lines of a sources.list, if any. */
export function mmdebstrapArguments(
  recipe: Recipe,
  workspace: TreeWorkspace,
  sources: readonly string[],
  outside?: OutsidePackages,
): string[] {
  return [
    "--mode=root",
    "--variant=minbase",
    "--format=directory",
    `--include=${recipe.packages.join(",")}`,
    // apt takes a path for a file; a hook of mmdebstrap's shows the files to dpkg in the tree.
    ...(outside?.debs ?? []).map((deb) => `--include=${deb}`),
    ...(outside?.debs.length ? [`--hook-dir=${debHooks}`] : []),
    ...recipe.exclude.map((glob) => `--dpkgopt=path-exclude=${glob}`),
    `--essential-hook=${workspace.essentialHook} "$1"`,
    ...(outside ? [`--customize-hook=${workspace.outsideHook} "$1"`] : []),
    `--customize-hook=sync-in ${workspace.stage} /`,
    `--customize-hook=${workspace.unitsHook} "$1"`,
    `--customize-hook=${workspace.finishHook} "$1"`,
    recipe.suite,
    workspace.target,
    ...sources,
  ];
}

/** A hook of mmdebstrap, whose argument is the tree, with the values that it takes behind that. */
function hookScript(name: string, values: readonly (string | number)[]): string {
  return `#!/bin/sh\nset -- "$1" ${shellWords(values)}\n${shellFile(__dirname, name)}`;
}

/** Accounts with fixed ids, before the packages could make them with the next free ones. */
export function accountsScript(recipe: Recipe): string {
  const values = recipe.accounts.flatMap(({ name, uid, gid, home }) => [name, uid, gid, home]);
  return hookScript("accounts.sh", values);
}

/** What the user provided, put into the tree before schedlab's own files, which may replace some. */
export function outsideScript(recipe: Recipe, outside: OutsidePackages): string {
  const staged = outside.debs.length > 0 ? "" : outside.dir;
  return hookScript("outside.sh", [staged, ...(recipe.outside?.setuid ?? [])]);
}

/** Which units start by themselves. */
export function unitsScript(recipe: Recipe): string {
  const { enable, disable, mask, maskGenerators } = recipe.units;
  const lists = [disable, mask, maskGenerators, enable];
  return hookScript(
    "units.sh",
    lists.map((names) => names.join(" ")),
  );
}

/**
 * Unpacks and configures the recipe's packages in `<dir>/root`, as root, without a mount of an image.
 * Returns where its programs come from, if it has any that no package holds.
 * @throws Failure with the tail of mmdebstrap's log.
 */
export async function makeTree(
  recipe: Recipe,
  dir: string,
  report: Reporter,
  outside?: OutsidePackages,
): Promise<Record<string, ProgramOrigin> | undefined> {
  const workspace = treeWorkspace(dir);
  const programs = await stageBuilt(recipe, workspace.stage, report);
  await writeStage(recipe, workspace.stage);
  const script = { mode: 0o755 };
  await writeFile(workspace.essentialHook, accountsScript(recipe), script);
  if (outside) await writeFile(workspace.outsideHook, outsideScript(recipe, outside), script);
  await writeFile(workspace.unitsHook, unitsScript(recipe), script);
  await writeFile(workspace.finishHook, recipe.finish, script);

  const sources = await debianSources(recipe.suite);
  const command = contained(
    "mmdebstrap",
    ...mmdebstrapArguments(recipe, workspace, sources, outside),
  );
  const mmdebstrap = execa(...command, {
    all: true,
    reject: false,
    timeout: deadlineMinutes * 60_000,
    env: {
      SCHEDLAB_KERNEL: recipe.kernel.package,
      SCHEDLAB_SHELL: recipe.initrd.package,
      SCHEDLAB_PLAIN_MODULES: recipe.kernel.plainModules.join(" "),
    },
  });
  mmdebstrap.all.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n")) {
      const stage = /^I: (.+)\.\.\.$/.exec(line.trim())?.[1];
      if (stage) report(`${recipe.role} image: ${stage}`);
    }
  });
  const result = await mmdebstrap;
  if (result.failed) {
    throw treeFailure(recipe, result.all ?? "", result.timedOut, result.originalMessage ?? "");
  }
  if (outside) await checkLibraries(recipe, workspace.target, outside);
  return programs;
}

async function writeStage(recipe: Recipe, stage: string): Promise<void> {
  await mkdir(stage, { recursive: true });
  for (const file of recipe.files) {
    const target = path.join(stage, file.path);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.content, { mode: file.mode });
  }
  for (const link of recipe.links ?? []) {
    const target = path.join(stage, link.path);
    await mkdir(path.dirname(target), { recursive: true });
    await symlink(link.target, target);
  }
}

/** Turns a log of mmdebstrap into the error that says what to do. */
export function treeFailure(
  recipe: Pick<Recipe, "role" | "suite">,
  log: string,
  timedOut: boolean,
  cause: string,
): Failure {
  const what = `the ${recipe.role} image could not be made from Debian ${recipe.suite} packages`;
  const detail = [...log.trimEnd().split("\n").slice(-25), cause].filter(Boolean).join("\n");
  if (/No space left on device/.test(log)) {
    return new Failure(`${what}: the disk is full`, {
      remedy: "free about 4 GiB where the cache lies, or set SCHEDLAB_CACHE to a larger disk",
      detail,
    });
  }
  if (timedOut) {
    return new Failure(`${what}: not done after ${deadlineMinutes} min`, {
      remedy: "set SCHEDLAB_DEBIAN_MIRROR to the URI of a nearer mirror",
      detail,
    });
  }
  const unmet = log.match(/^ *\S+ : (Pre)?Depends: .+$/gm);
  if (unmet !== null) {
    return new Failure(`${what}: packages depend on others that cannot be had`, {
      remedy: `build those of your own on Debian ${recipe.suite}, which is what the nodes run`,
      detail: unmet.map((line) => line.trim()).join("\n"),
    });
  }
  if (/Could not (resolve|connect)|Failed to fetch|Unable to connect|Connection/.test(log)) {
    return new Failure(`${what}: the package mirror cannot be reached`, {
      remedy:
        "check the network, or set SCHEDLAB_DEBIAN_MIRROR to the URI of a mirror that answers",
      detail,
    });
  }
  return new Failure(what, { remedy: "the end of mmdebstrap's log says why", detail });
}
