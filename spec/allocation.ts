/**
 * What jobs get of a node, the same under every scheduler: whole cores, and seven eighths of the
 * memory. The rest is for the system and the scheduler's daemons.
 */

interface Memory {
  readonly memoryMiB: number;
}

interface Capacity extends Memory {
  readonly vcpus: number;
}

/** MiB of a node that jobs may use. */
export function jobMemoryMiB({ memoryMiB }: Memory): number {
  return Math.floor((memoryMiB * 7) / 8);
}

/** MiB of a node of which jobs may use so many. */
export function memoryForJobs(jobsMiB: number): number {
  return Math.ceil((jobsMiB * 8) / 7);
}

/**
 * MiB per core on the scarcest of a partition's nodes: the share of a job that names no memory. Without
 * it, such a job would take all the memory of a node.
 */
export function memoryPerCoreMiB(nodes: readonly Capacity[]): number {
  return Math.max(1, Math.min(...nodes.map((node) => Math.floor(jobMemoryMiB(node) / node.vcpus))));
}
