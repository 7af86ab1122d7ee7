import type { Topology } from "./topology";

/** Partitions of the pools, that of `topology.nodes` first. */
export function partitionNames({ pools }: Pick<Topology, "pools">): string[] {
  return ["nodes", ...Object.keys(pools)];
}
