import { memoryPerCoreMiB } from "../../../spec/allocation";
import type { WorkloadJob } from "../../../workloads/job";
import type { LiveCluster } from "../adapter";

/** Slurm's `--mem-per-cpu`, or its partition's DefMemPerCPU. */
export function memoryRule(
  cluster: Pick<LiveCluster, "schedulerNodes" | "partitions">,
): (job: WorkloadJob) => number {
  const shares = new Map(
    cluster.partitions.map(({ name, nodes }) => [
      name,
      memoryPerCoreMiB(cluster.schedulerNodes.filter((node) => nodes.includes(node.name))),
    ]),
  );
  const [first] = cluster.partitions;
  return ({ memoryMiB, cores, partition }) =>
    memoryMiB === null
      ? (shares.get(partition ?? first?.name ?? "") ?? 1)
      : Math.ceil(memoryMiB / cores);
}
