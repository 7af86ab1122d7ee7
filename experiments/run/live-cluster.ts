import type { Handle } from "../../infra/handle";
import { elasticPools } from "../../spec/elastic";
import { schedulerNodes, schedulerPartitions } from "../../spec/emulated";
import type { LiveCluster } from "../schedulers/adapter";

/** The domain that a node of the scheduler is on: where its files are. Other names stay as they are. */
export function domainOf(
  { schedulerNodes: known }: Pick<LiveCluster, "schedulerNodes">,
  node: string,
): string {
  return known.find(({ name }) => name === node)?.host ?? node;
}

/** The cluster of a handle as a scheduler's adapter sees it. */
export function liveCluster({ cluster, spec }: Handle): LiveCluster {
  const known = schedulerNodes(spec.topology, cluster.nodes);
  return {
    name: cluster.name,
    nodes: cluster.nodes,
    schedulerNodes: known,
    partitions: schedulerPartitions(cluster.partitions, known),
    elastic: elasticPools(spec.topology),
  };
}
