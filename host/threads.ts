import { readFile } from "node:fs/promises";
import path from "node:path";

export interface HostThreads {
  /** What the kernel allows for all processes and containers together. */
  readonly limit: number;
  readonly used: number;
}

/**
 * The threads of this host. kernel.pid_max bounds them, because each has a number of its own; a limit of
 * a control group is not looked at. Null where the kernel does not say. `root` is /proc.
 */
export async function hostThreads(root = "/proc"): Promise<HostThreads | null> {
  const read = (name: string) => readFile(path.join(root, name), "utf8").catch(() => "");
  const limits = [await read("sys/kernel/pid_max"), await read("sys/kernel/threads-max")]
    .filter((text) => /^\d+\s*$/.test(text))
    .map(Number);
  // Such as "0.15 0.10 0.05 2/283 25779": two of 283 threads run.
  const used = / \d+\/(\d+) /.exec(await read("loadavg"))?.[1];
  if (limits.length === 0 || used === undefined) return null;
  return { limit: Math.min(...limits), used: Number(used) };
}
