import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDir } from "../base/paths";

export const toolchainDir = () => path.join(cacheDir(), "toolchain");

/**
 * The directory `name` of the cache, filled by `fill` unless it is there. It appears whole: `fill`
 * gets another directory, which is renamed. Of two processes that fill it at once, one wins.
 */
export async function cached(
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const target = path.join(toolchainDir(), name);
  if (existsSync(target)) return target;
  const partial = `${target}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await rename(partial, target).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return target;
}
