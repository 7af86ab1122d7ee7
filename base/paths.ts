import { homedir } from "node:os";
import path from "node:path";

export const repoRoot = path.resolve(__dirname, "..");

/** The one directory for everything slow to make; its entries are named by content key. */
export function cacheDir(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SCHEDLAB_CACHE) return path.resolve(environment.SCHEDLAB_CACHE);
  const base = environment.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "schedlab");
}
