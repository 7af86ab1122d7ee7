import { schedulerNodes, schedulerPartitions } from "../spec/emulated";
import type { Topology } from "../spec/topology";

/** What a workload has to know of the cluster. */
export interface ClusterCapacity {
  /** Cores of all compute nodes together. */
  readonly capacityCores: number;
  readonly largestNodeCores: number;
  /** Of the scarcest compute node. */
  readonly memoryPerCoreMiB: number;
  /** GPUs of all compute nodes together. */
  readonly gpus: number;
  /** The default one first. Left out: one partition. A name that is not listed spans the cluster. */
  readonly partitions?: readonly { readonly name: string; readonly cores: number }[];
}

/** Cores that one job of this partition can use; undefined is the default partition. */
export function coresOf(cluster: ClusterCapacity, partition: string | undefined): number {
  const { partitions = [], capacityCores } = cluster;
  const found =
    partition === undefined ? partitions[0] : partitions.find(({ name }) => name === partition);
  return found?.cores ?? capacityCores;
}

/** What a cluster offers to jobs when all of its nodes are there; the default partition first. */
export function workloadCluster(
  topology: Topology,
  domains: Parameters<typeof schedulerNodes>[1],
  partitions: Parameters<typeof schedulerPartitions>[0],
): ClusterCapacity {
  const nodes = schedulerNodes(topology, domains);
  const coresByName = new Map(nodes.map(({ name, vcpus }) => [name, vcpus]));
  const sizes = nodes.map(({ vcpus }) => vcpus);
  return {
    capacityCores: sum(sizes),
    largestNodeCores: sizes.reduce((most, cores) => Math.max(most, cores), 0),
    memoryPerCoreMiB: Math.floor(
      nodes.reduce((least, node) => Math.min(least, node.memoryMiB / node.vcpus), Infinity),
    ),
    gpus: sum(nodes.map(({ gpus }) => gpus)),
    partitions: schedulerPartitions(partitions, nodes).map(({ name, nodes: members }) => ({
      name,
      cores: sum(members.map((member) => coresByName.get(member) ?? 0)),
    })),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
