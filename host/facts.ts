import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, release } from "node:os";
import path from "node:path";
import { cacheDir } from "../base/paths";

/** What the capacity check and a run's provenance need to know of this host. */
export interface HostFacts {
  readonly cores: number;
  readonly totalMemoryMiB: number;
  /** Memory that can be had without swapping (MemAvailable). */
  readonly memoryMiB: number;
  /** Where `directory` is or would be. */
  readonly freeDiskGiB: number;
  readonly cpuModel: string;
  /** Release, such as `6.1.0-18-amd64`. */
  readonly kernel: string;
  /** Mean number of runnable processes over the last minute. */
  readonly load1: number;
}

export async function hostFacts(directory: string = cacheDir()): Promise<HostFacts> {
  const memory = parseMeminfo(await readFile("/proc/meminfo", "utf8"));
  const disk = await statfs(existingAncestor(directory));
  return {
    cores: availableParallelism(),
    totalMemoryMiB: memory.totalMiB,
    memoryMiB: memory.availableMiB,
    freeDiskGiB: (disk.bavail * disk.bsize) / 1024 ** 3,
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    kernel: release(),
    load1: loadavg()[0] ?? 0,
  };
}

/** Parses /proc/meminfo, whose figures are in KiB. */
export function parseMeminfo(text: string): { totalMiB: number; availableMiB: number } {
  const mebibytes = (field: string) => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    return Math.floor(Number(kibibytes ?? 0) / 1024);
  };
  return { totalMiB: mebibytes("MemTotal"), availableMiB: mebibytes("MemAvailable") };
}

function existingAncestor(directory: string): string {
  return existsSync(directory) ? directory : existingAncestor(path.dirname(directory));
}
