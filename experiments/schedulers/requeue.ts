import type { WorkloadJob } from "../../workloads/job";
import type { LiveCluster } from "./adapter";

/**
 * Jobs that may be on a node of an elastic pool whose jobs go back to the queue when it leaves: those of a
 * partition with nodes of such a pool. Jobs that name no partition are in the first one; a partition that the
 * cluster does not list is one that the scheduler has made over all nodes.
 */
export function requeueRule({
  elastic,
  partitions,
  schedulerNodes,
}: Pick<LiveCluster, "elastic" | "partitions" | "schedulerNodes">): (
  job: Pick<WorkloadJob, "partition">,
) => boolean {
  const requeuing = new Set(
    schedulerNodes.flatMap(({ name, pool }) =>
      elastic.get(pool)?.leaving === "requeue" ? [name] : [],
    ),
  );
  const requeued = new Map(
    partitions.map(({ name, nodes }) => [name, nodes.some((node) => requeuing.has(node))]),
  );
  const [first] = partitions;
  return ({ partition }) => requeued.get(partition ?? first?.name ?? "") ?? requeuing.size > 0;
}
