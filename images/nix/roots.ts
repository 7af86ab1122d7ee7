import { lstat, mkdir, readdir, readlink, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { stateDir } from "../../toolchain/environment";

/**
 * Links by which Nix keeps the images that stacks use. They are state, not cache: a container's nodes
 * read the image as long as they run.
 */
const rootsDir = () => path.join(stateDir(), "image-roots");

export interface ImageRoot {
  readonly stack: string;
  /** The link on this host. */
  readonly link: string;
  /** Path in Nix's store. */
  readonly target: string;
}

/** Where the links of a stack are; made if it is not there. */
export async function rootsOfStack(stack: string): Promise<string> {
  const directory = path.join(rootsDir(), stack);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** The links of a stack, or of all. */
export async function imageRoots(only?: string): Promise<ImageRoot[]> {
  const found: ImageRoot[] = [];
  for (const stack of (await entries(rootsDir())).sort()) {
    if (only !== undefined && stack !== only) continue;
    for (const name of (await entries(path.join(rootsDir(), stack))).sort()) {
      const link = path.join(rootsDir(), stack, name);
      if ((await lstat(link)).isSymbolicLink()) {
        found.push({ stack, link, target: await readlink(link) });
      }
    }
  }
  return found;
}

/** Lets Nix collect what only this stack used: takes its links away, and nothing else. */
export async function dropImageRoots(stack: string): Promise<ImageRoot[]> {
  const dropped = await imageRoots(stack);
  for (const { link } of dropped) await rm(link, { force: true });
  // With something else in it, it stays.
  await rmdir(path.join(rootsDir(), stack)).catch(() => undefined);
  return dropped;
}

async function entries(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
