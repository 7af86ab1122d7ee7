/** What of the cluster a workload has to know. */
export interface Cluster {
  /** Cores of all compute nodes together. */
  readonly capacityCores: number;
  readonly largestNodeCores: number;
  /** GPUs of all compute nodes together. */
  readonly gpus: number;
  /** The default one first. Left out: one partition. A name that is not listed spans the cluster. */
  readonly partitions?: readonly { readonly name: string; readonly cores: number }[];
}

/** Cores that one job of this partition can have; undefined is the default partition. */
export function coresOf(cluster: Cluster, partition: string | undefined): number {
  const { partitions = [], capacityCores } = cluster;
  const found =
    partition === undefined ? partitions[0] : partitions.find(({ name }) => name === partition);
  return found?.cores ?? capacityCores;
}
