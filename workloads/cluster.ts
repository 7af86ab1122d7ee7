import { jobMemoryMiB } from "../spec/allocation";

/** Nodes that are alike. */
export interface NodeKind {
  readonly count: number;
  readonly cores: number;
  /** That jobs may use. */
  readonly memoryMiB: number;
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
  const nodes = partitionOf(cluster, partition)?.nodes ?? cluster.nodes;
  if (nodes === undefined) return coresOf(cluster, partition);
  return nodes.reduce(
    (sum, node) => sum + node.count * Math.min(node.cores, Math.floor(node.memoryMiB / memoryMiB)),
    0,
  );
}

function partitionOf({ partitions = [] }: ClusterCapacity, partition: string | undefined) {
  return partition === undefined
    ? partitions[0]
    : partitions.find(({ name }) => name === partition);
}

/** A node as the plan and the handle know it. */
export interface WorkloadNode {
  readonly name: string;
  readonly role: "controller" | "compute";
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** What a cluster of these nodes offers to jobs; the default partition first. */
export function workloadCluster(
  nodes: readonly WorkloadNode[],
  partitions: readonly { readonly name: string; readonly nodes: readonly string[] }[],
): ClusterCapacity {
  const compute = nodes.filter(({ role }) => role === "compute");
  const cores = (members: readonly WorkloadNode[]) =>
    members.reduce((sum, { vcpus }) => sum + vcpus, 0);
  return {
    capacityCores: cores(compute),
    largestNodeCores: Math.max(...compute.map(({ vcpus }) => vcpus)),
    memoryPerCoreMiB: Math.floor(
      Math.min(...compute.map(({ memoryMiB, vcpus }) => memoryMiB / vcpus)),
    ),
    gpus: compute.reduce((sum, { gpus }) => sum + gpus, 0),
    partitions: partitions.map(({ name, nodes: members }) => {
      const named = new Set(members);
      const own = compute.filter((node) => named.has(node.name));
      return { name, cores: cores(own), nodes: kindsOf(own) };
    }),
    nodes: kindsOf(compute),
  };
}

function kindsOf(nodes: readonly WorkloadNode[]): NodeKind[] {
  const kinds = new Map<string, NodeKind>();
  for (const node of nodes) {
    const { vcpus: cores } = node;
    const memoryMiB = jobMemoryMiB(node);
    const key = `${cores} ${memoryMiB}`;
    kinds.set(key, { count: (kinds.get(key)?.count ?? 0) + 1, cores, memoryMiB });
  }
  return [...kinds.values()];
}
