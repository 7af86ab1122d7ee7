/**
 * What jobs get of a node, the same under every scheduler. Whole cores; of the memory, an eighth stays
 * with the system and the scheduler's daemons.
 */

interface Memory {
  readonly memoryMiB: number;
}

interface Capacity extends Memory {
  readonly vcpus: number;
}

/** MiB of a node that jobs may have. */
export function jobMemoryMiB({ memoryMiB }: Memory): number {
  return Math.floor((memoryMiB * 7) / 8);
}

/**
 * MiB a core of the scarcest of a partition's nodes: the share of a job that names no memory. Without
 * it such a job would take a whole node's.
 */
export function memoryPerCoreMiB(nodes: readonly Capacity[]): number {
  return Math.max(1, Math.min(...nodes.map((node) => Math.floor(jobMemoryMiB(node) / node.vcpus))));
}
