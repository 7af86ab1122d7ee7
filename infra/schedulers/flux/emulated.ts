import { type SchedulerNode, schedulerNodes } from "../../../spec/emulated";
import { compressNames } from "../../../spec/hostlist";
import type { Topology } from "../../../spec/topology";
import type { ClusterPlan } from "../../plan";
import { resourceConfig } from "./toml";
import { traitProperties } from "./traits";

/** Emulated nodes of one domain that are alike and follow each other. */
interface NodeSet {
  /** As RFC 29 writes a list of hosts, such as "node01-[0001-1000]". */
  readonly hosts: string;
  readonly sample: SchedulerNode;
}

/** The emulated nodes of a cluster, in their order. */
export function emulatedNodeSets(topology: Topology, plan: ClusterPlan): NodeSet[] {
  const nodes = schedulerNodes(topology, plan.nodes);
  return plan.nodes.flatMap(({ name: domain }) => {
    const sets: { names: string[]; sample: SchedulerNode }[] = [];
    for (const node of nodes.filter(({ host }) => host === domain)) {
      const last = sets.at(-1);
      if (last !== undefined && alike(last.sample, node)) last.names.push(node.name);
      else sets.push({ names: [node.name], sample: node });
    }
    return sets.map(({ names, sample }) => ({ hosts: compressNames(names), sample }));
  });
}

function alike(one: SchedulerNode, other: SchedulerNode): boolean {
  return (
    one.vcpus === other.vcpus &&
    one.gpus === other.gpus &&
    String(one.partitions) === String(other.partitions) &&
    one.gpuType === other.gpuType &&
    String(one.features) === String(other.features)
  );
}

/**
 * Nodes without brokers. Their leaf switches are not in it: Flux places no job by them, and as properties
 * they would stop `flux resource list`, which looks at every combination of properties.
 */
export function emulatedResources(topology: Topology, plan: ClusterPlan): string[] {
  return emulatedNodeSets(topology, plan).flatMap(({ hosts, sample }) => {
    const { host, vcpus: cores, gpus, partitions: own } = sample;
    const partitions = plan.partitions.flatMap(({ name, nodes }) =>
      nodes.includes(host) && (own === undefined || own.includes(name)) ? [name] : [],
    );
    const properties = [...partitions, ...traitProperties(sample)];
    return resourceConfig({ hosts, cores, gpus, properties });
  });
}

/** The nodes are up although no broker has ever spoken for them. */
export const emulatedModules = ["", "[modules.resource]", 'args = ["monitor-force-up"]'];
