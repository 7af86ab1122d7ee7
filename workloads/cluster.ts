import { jobMemoryMiB } from "../spec/allocation";
import { type SchedulerNode, schedulerNodes, schedulerPartitions } from "../spec/emulated";
import type { NodeTraits } from "../spec/node-traits";

/** Nodes that are alike. What they do not have is absent. */
export interface NodeKind extends NodeTraits {
  readonly count: number;
  readonly cores: number;
  /** That jobs may use. */
  readonly memoryMiB: number;
  readonly gpus?: number;
}

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
  readonly partitions?: readonly {
    readonly name: string;
    readonly cores: number;
    readonly nodes?: readonly NodeKind[];
  }[];
  /** All compute nodes. Left out: memory is not what limits a job. */
  readonly nodes?: readonly NodeKind[];
}

/** Cores that one job of this partition can use; undefined is the default partition. */
export function coresOf(cluster: ClusterCapacity, partition: string | undefined): number {
  return partitionOf(cluster, partition)?.cores ?? cluster.capacityCores;
}

/** Cores of this partition that a job can have with so much memory for each of them. */
export function coresWithMemory(
  cluster: ClusterCapacity,
  partition: string | undefined,
  memoryMiB: number,
): number {
  const nodes = nodesOf(cluster, partition);
  if (nodes === undefined) return coresOf(cluster, partition);
  return nodes.reduce(
    (sum, node) => sum + node.count * Math.min(node.cores, Math.floor(node.memoryMiB / memoryMiB)),
    0,
  );
}

/** Nodes that jobs of this partition may be on; undefined where they are not known. */
export function nodesOf(
  cluster: ClusterCapacity,
  partition: string | undefined,
): readonly NodeKind[] | undefined {
  return partitionOf(cluster, partition)?.nodes ?? cluster.nodes;
}

function partitionOf({ partitions = [] }: ClusterCapacity, partition: string | undefined) {
  return partition === undefined
    ? partitions[0]
    : partitions.find(({ name }) => name === partition);
}

/** What a cluster offers to jobs when all of its nodes are there; the default partition first. */
export function workloadCluster(
  topology: Parameters<typeof schedulerNodes>[0],
  domains: Parameters<typeof schedulerNodes>[1],
  partitions: Parameters<typeof schedulerPartitions>[0],
): ClusterCapacity {
  const nodes = schedulerNodes(topology, domains);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const sizes = nodes.map(({ vcpus }) => vcpus);
  return {
    capacityCores: sum(sizes),
    largestNodeCores: sizes.reduce((most, cores) => Math.max(most, cores), 0),
    memoryPerCoreMiB: Math.floor(
      nodes.reduce((least, node) => Math.min(least, node.memoryMiB / node.vcpus), Infinity),
    ),
    gpus: sum(nodes.map(({ gpus }) => gpus)),
    partitions: schedulerPartitions(partitions, nodes).map(({ name, nodes: members }) => {
      const own = members.flatMap((member) => byName.get(member) ?? []);
      return { name, cores: sum(own.map(({ vcpus }) => vcpus)), nodes: kindsOf(own) };
    }),
    nodes: kindsOf(nodes),
  };
}

function kindsOf(nodes: readonly SchedulerNode[]): NodeKind[] {
  const kinds = new Map<string, NodeKind>();
  for (const node of nodes) {
    const { vcpus: cores, gpus, gpuType, features } = node;
    const kind = {
      cores,
      memoryMiB: jobMemoryMiB(node),
      ...(gpus === 0 ? {} : { gpus }),
      ...(gpuType === undefined ? {} : { gpuType }),
      ...(features === undefined ? {} : { features }),
    };
    const key = JSON.stringify(kind);
    kinds.set(key, { count: (kinds.get(key)?.count ?? 0) + 1, ...kind });
  }
  return [...kinds.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
