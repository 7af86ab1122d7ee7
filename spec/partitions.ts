import type { Topology } from "./topology";

/** Partitions of the pools, that of `topology.nodes` first; those of a list of nodes where it has its own. */
export function partitionNames({ nodes, pools }: Pick<Topology, "nodes" | "pools">): string[] {
  return [...(listedPartitions({ nodes }) ?? ["nodes", ...Object.keys(pools)])];
}

/** Partitions that the list of nodes brings with it, the default one first. */
export function listedPartitions({
  nodes,
}: Pick<Topology, "nodes">): readonly string[] | undefined {
  return nodes.emulated?.from === "list" ? nodes.emulated.partitions : undefined;
}
