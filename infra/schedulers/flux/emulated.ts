import { type SchedulerNode, schedulerNodes } from "../../../spec/emulated";
import type { Topology } from "../../../spec/topology";
import type { ClusterPlan } from "../../plan";
import { resourceConfig } from "./toml";
import { traitProperties } from "./traits";

/** The emulated nodes of one domain, which are alike and whose numbers follow each other. */
interface NodeSet {
  /** As RFC 29 writes a list of hosts, such as "node01-[0001-1000]". */
  readonly hosts: string;
  readonly sample: SchedulerNode;
}

/** The emulated nodes of a cluster, in their order. */
export function emulatedNodeSets(topology: Topology, plan: ClusterPlan): NodeSet[] {
  const nodes = schedulerNodes(topology, plan.nodes);
  return plan.nodes.flatMap(({ name: domain }) => {
    const own = nodes.filter(({ host }) => host === domain);
    const [sample] = own;
    if (sample === undefined) return [];
    const numbers = own.map(({ name }) => name.slice(domain.length + 1));
    const hosts = own.length === 1 ? sample.name : `${domain}-[${numbers[0]}-${numbers.at(-1)}]`;
    return [{ hosts, sample }];
  });
}

/**
 * Nodes without brokers. Their leaf switches are not in it: Flux places no job by them, and as properties
 * they would stop `flux resource list`, which looks at every combination of properties.
 */
export function emulatedResources(topology: Topology, plan: ClusterPlan): string[] {
  return emulatedNodeSets(topology, plan).flatMap(({ hosts, sample }) => {
    const { host, vcpus: cores, gpus } = sample;
    const partitions = plan.partitions.flatMap(({ name, nodes }) =>
      nodes.includes(host) ? [name] : [],
    );
    const properties = [...partitions, ...traitProperties(sample)];
    return resourceConfig({ hosts, cores, gpus, properties });
  });
}

/** The nodes are up although no broker has ever spoken for them. */
export const emulatedModules = ["", "[modules.resource]", 'args = ["monitor-force-up"]'];
