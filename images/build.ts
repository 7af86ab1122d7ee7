import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import { cacheDir } from "../base/paths";
import type { Reporter } from "../base/reporter";
import type { NodeNeeds } from "../workloads/task";
import { diskFiles, makeDisk } from "./disk";
import { recipeKey } from "./key";
import { withLock } from "./lock";
import { type ImageManifest, imageManifestSchema } from "./manifest";
import { described } from "./outside/description";
import { outsidePackages } from "./outside/given";
import type { OutsidePackages } from "./outside/packages";
import type { ImageRole, Recipe } from "./recipe";
import { imageRecipe } from "./roles";
import { makeTree } from "./tree";

/** `tree`: root tree for containers; `disk`: disk, kernel and initrd for machines, made from it. */
export type ImageFormat = "tree" | "disk";

export interface EnsureImageOptions {
  readonly report: Reporter;
  /** Default: both. */
  readonly formats?: readonly ImageFormat[];
  /** Directory of what no suite holds; default: the one that the role's environment variable names. */
  readonly packages?: string | undefined;
  /** What a workload wants to find among the packages; default: nothing. */
  readonly needs?: NodeNeeds;
}

export function imageDir(role: ImageRole, outside?: OutsidePackages): string {
  return path.join(cacheDir(), "images", `${role}-${recipeKey(imageRecipe(role, outside))}`);
}

/**
 * The role's image in the cache, made if it is not there. An interrupted build leaves nothing that
 * looks like an image; what it left behind is removed by the next one.
 * @throws Failure when it cannot be made.
 */
export async function ensureImage(
  role: ImageRole,
  options: EnsureImageOptions,
): Promise<ImageManifest & { dir: string }> {
  const outside = await outsidePackages(role, options.packages, options.needs);
  const recipe = imageRecipe(role, outside);
  const dir = imageDir(role, outside);
  const wantsDisk = (options.formats ?? ["tree", "disk"]).includes("disk");
  const complete = () =>
    existsSync(path.join(dir, "manifest.json")) &&
    (!wantsDisk || existsSync(path.join(dir, diskFiles.disk)));
  if (!complete()) {
    await mkdir(path.dirname(dir), { recursive: true });
    await withLock(`${dir}.lock`, `the ${role} image`, options.report, async () => {
      if (!existsSync(path.join(dir, "manifest.json"))) {
        await buildTree(recipe, dir, options.report, outside);
      }
      if (!complete()) {
        const { kernelRelease } = await readManifest(dir);
        await makeDisk(recipe, dir, kernelRelease, options.report);
      }
    });
  }
  return { ...(await readManifest(dir)), dir };
}

async function buildTree(
  recipe: Recipe,
  dir: string,
  report: Reporter,
  outside: OutsidePackages | undefined,
): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Failure(`the ${recipe.role} image is not in the cache and only root can make it`, {
      remedy: "run this command once as root (sudo -E keeps the cache directory)",
    });
  }
  await removeLeftovers(dir);
  const partial = `${dir}.partial-${process.pid}`;
  await mkdir(partial);
  try {
    const programs = await makeTree(recipe, partial, report, outside);
    const root = path.join(partial, "root");
    const manifest: ImageManifest = {
      ...(await describeTree(recipe, root)),
      ...(programs && { programs }),
      ...(outside && { outside: described(outside) }),
    };
    for (const name of await readdir(partial)) {
      if (name !== "root") await rm(path.join(partial, name), { recursive: true });
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await writeFile(path.join(partial, "manifest.json"), text);
    await rename(partial, dir);
  } finally {
    await removeTree(partial);
  }
}

async function describeTree(recipe: Recipe, root: string): Promise<ImageManifest> {
  const { stdout } = await execa("dpkg-query", [
    `--admindir=${path.join(root, "var/lib/dpkg")}`,
    "--show",
    "--showformat=$" + "{Package} $" + "{Version}\n",
  ]);
  const packages = stdout.split("\n").map((line) => {
    const [name = "", version = ""] = line.split(" ");
    return [name, version] as const;
  });
  const release = await readFile(path.join(root, "usr/lib/schedlab/kernel-release"), "utf8");
  return {
    role: recipe.role,
    key: recipeKey(recipe),
    suite: recipe.suite,
    packages: Object.fromEntries(packages),
    kernelRelease: release.trim(),
    kernelArguments: recipe.kernel.arguments,
    createdAt: new Date().toISOString(),
  };
}

/** What earlier builds of this image left when they were killed; the lock is held. */
async function removeLeftovers(dir: string): Promise<void> {
  const parent = path.dirname(dir);
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${path.basename(dir)}.partial-`))
      await removeTree(path.join(parent, name));
  }
  // A directory without a manifest cannot come from a rename: a copy that was cut short.
  await removeTree(dir);
}

/** Never crosses into a file system that a killed mmdebstrap may have left mounted in a tree. */
async function removeTree(dir: string): Promise<void> {
  await execa("rm", ["-rf", "--one-file-system", dir]);
}

async function readManifest(dir: string): Promise<ImageManifest> {
  const file = path.join(dir, "manifest.json");
  try {
    return imageManifestSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new Failure(`${file} is not the manifest of an image`, {
      remedy: `remove ${dir}; the next run makes it again`,
      cause,
    });
  }
}
