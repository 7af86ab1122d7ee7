import type { ExperimentSpec } from "../../spec/spec";
import type { CampaignCluster, Tuple } from "./types";

/** The configuration of a cluster's stack for one of its tuples, by section of the tuple. */
export function stackSpec(
  { spec }: Tuple,
  { cidr }: Pick<CampaignCluster, "cidr">,
): ExperimentSpec {
  return withRange(spec, cidr);
}

/** The specification with another range for the network; nothing that is measured depends on it. */
export function withRange(spec: ExperimentSpec, cidr: string): ExperimentSpec {
  const { topology } = spec;
  return { ...spec, topology: { ...topology, network: { ...topology.network, cidr } } };
}
