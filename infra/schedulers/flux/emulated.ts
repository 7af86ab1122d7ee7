import { type SchedulerNode, schedulerNodes } from "../../../spec/emulated";
import type { Topology } from "../../../spec/topology";
import type { ClusterPlan } from "../../plan";
import { resourceConfig } from "./toml";

/** Nodes of one domain and one leaf switch, whose numbers follow each other. */
interface NodeSet {
  /** As RFC 29 writes a list of hosts, such as "node01-[0001-0250]". */
  readonly hosts: string;
  readonly count: number;
  readonly sample: SchedulerNode;
}

/** The emulated nodes of a cluster, in their order. */
export function emulatedNodeSets(topology: Topology, plan: ClusterPlan): NodeSet[] {
  const sets = new Map<string, SchedulerNode[]>();
  for (const node of schedulerNodes(topology, plan.nodes)) {
    const key = `${node.host} ${node.leaf}`;
    const same = sets.get(key);
    if (same === undefined) sets.set(key, [node]);
    else same.push(node);
  }
  return [...sets.values()].flatMap((nodes) => {
    const [first] = nodes;
    if (first === undefined) return [];
    const numbers = nodes.map(({ name, host }) => name.slice(host.length + 1));
    const range = `${numbers[0]}-${numbers.at(-1)}`;
    const hosts = nodes.length === 1 ? first.name : `${first.host}-[${range}]`;
    return [{ hosts, count: nodes.length, sample: first }];
  });
}

/** Nodes without brokers, with their partitions and leaf switches as properties. */
export function emulatedResources(topology: Topology, plan: ClusterPlan): string[] {
  return emulatedNodeSets(topology, plan).flatMap(({ hosts, sample }) => {
    const { host, pool, vcpus, gpus, leaf } = sample;
    const partitions = plan.partitions.flatMap(({ name, nodes }) =>
      nodes.includes(host) ? [name] : [],
    );
    const properties = [...partitions, ...(leaf === null ? [] : [`${pool}-leaf${leaf}`])];
    return resourceConfig({ hosts, cores: vcpus, gpus, properties });
  });
}

/** The nodes are up although no broker has ever spoken for them. */
export const emulatedModules = ["", "[modules.resource]", 'args = ["monitor-force-up"]'];
