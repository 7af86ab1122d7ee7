import type { ClusterPlan } from "./plan";

/** What the hypervisor's host has for all of its domains. */
export interface HostCapacity {
  readonly cores: number;
  readonly memoryMiB: number;
  readonly freeDiskGiB: number;
}

export interface CapacityProblem {
  readonly what: "cores" | "memory" | "disk";
  /** As a person reads it, with its unit. */
  readonly needed: string;
  readonly have: string;
  readonly remedy: string;
}

/**
 * Disks are copy-on-write over one image, so their sizes are limits, not needs: what counts is the
 * image, once, and what a node writes of its own (logs, state, results).
 */
const imageGiB = 3;
const writtenPerNodeGiB = 0.25;

/** What the nodes need of the host together. */
export interface CapacityNeed {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

export function capacityNeed(nodes: ClusterPlan["nodes"]): CapacityNeed {
  return {
    vcpus: sum(nodes.map((node) => node.vcpus)),
    memoryMiB: sum(nodes.map((node) => node.memoryMiB)),
    diskGiB: Math.ceil(imageGiB + writtenPerNodeGiB * nodes.length),
  };
}

/** What the plan needs beyond what the host has, overcommit allowed for; empty when it fits. */
export function capacityProblems(
  plan: Pick<ClusterPlan, "nodes" | "overcommit">,
  host: HostCapacity,
): CapacityProblem[] {
  const { vcpus, memoryMiB, diskGiB } = capacityNeed(plan.nodes);
  const problems: CapacityProblem[] = [];
  if (vcpus > host.cores * plan.overcommit.cores) {
    problems.push({
      what: "cores",
      needed: `${vcpus} vCPUs in ${plan.nodes.length} nodes`,
      have: allowance(`${host.cores} cores`, plan.overcommit.cores),
      remedy: smallerOr("cores", vcpus / host.cores),
    });
  }
  if (memoryMiB > host.memoryMiB * plan.overcommit.memory) {
    problems.push({
      what: "memory",
      needed: `${memoryMiB} MiB in ${plan.nodes.length} nodes`,
      have: allowance(`${Math.floor(host.memoryMiB)} MiB`, plan.overcommit.memory),
      remedy: smallerOr("memory", memoryMiB / host.memoryMiB),
    });
  }
  if (diskGiB > host.freeDiskGiB) {
    problems.push({
      what: "disk",
      needed: `${diskGiB} GiB`,
      have: `${Math.floor(host.freeDiskGiB * 10) / 10} GiB free`,
      remedy: "free some disk space, or set SCHEDLAB_CACHE to a directory on a larger disk",
    });
  }
  return problems;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function allowance(have: string, overcommit: number): string {
  return overcommit === 1 ? have : `${have} × ${overcommit} by topology.overcommit`;
}

function smallerOr(key: "cores" | "memory", ratio: number): string {
  const enough = Math.ceil(ratio * 10) / 10;
  return `take fewer or smaller nodes (topology.nodes), or set topology.overcommit.${key} to ${enough}`;
}
