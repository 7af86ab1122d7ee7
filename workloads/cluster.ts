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
      return { name, cores: cores(compute.filter((node) => named.has(node.name))) };
    }),
  };
}
