import type { WorkloadJob } from "../../../workloads/job";
import type { LiveCluster } from "../adapter";

/** Jobs of elastic pools whose nodes send them back to the queue when they leave. */
export function requeueRule({
  elastic,
  partitions,
}: Pick<LiveCluster, "elastic" | "partitions">): (job: Pick<WorkloadJob, "partition">) => boolean {
  const [first] = partitions;
  return ({ partition }) => elastic.get(partition ?? first?.name ?? "")?.leaving === "requeue";
}
