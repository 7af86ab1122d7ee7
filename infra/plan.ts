import { createHash } from "node:crypto";
import { mostNodes } from "../spec/elastic";
import { schedulerNodes } from "../spec/emulated";
import {
  blockSize,
  type Cidr,
  controllerHost,
  firstNodeHost,
  firstPoolHost,
  formatAddress,
  networkBase,
  parseCidr,
  poolBlock,
} from "../spec/network";
import { type NodeTraits, poolTraits } from "../spec/node-traits";
import { listedPartitions } from "../spec/partitions";
import { nodeLink, nodeSize, type ScaledLink } from "../spec/profiles";
import type { ExperimentSpec } from "../spec/spec";
import type { NodeShape, Topology } from "../spec/topology";

/** With what tells its nodes apart in the scheduler, if they have it. */
export interface NodePlan extends NodeTraits {
  /** Host name: "controller", "node01", or for the pool "gpu" "gpu01". */
  readonly name: string;
  /** Name of the libvirt domain, unique on the host. */
  readonly domainName: string;
  readonly role: "controller" | "compute";
  /** "controller", "nodes" or the pool's name. */
  readonly pool: string;
  readonly address: string;
  readonly mac: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  readonly gpus: number;
  readonly link: ScaledLink;
}

export interface NetworkPlan {
  readonly name: string;
  /** At most 15 characters, the kernel's limit, and unique per stack. */
  readonly bridge: string;
  readonly cidr: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly mode: Topology["network"]["mode"];
}

export interface PartitionPlan {
  readonly name: string;
  readonly nodes: readonly string[];
}

export interface ClusterPlan {
  readonly name: string;
  readonly network: NetworkPlan;
  /** The controller first, then `nodes`, then the pools by name. */
  readonly nodes: readonly NodePlan[];
  /** The default partition first. */
  readonly partitions: readonly PartitionPlan[];
  readonly overcommit: Topology["overcommit"];
}

/** Lays out the cluster. A node's name, address and MAC depend on the stack, its pool and its number alone. */
export function planCluster(spec: ExperimentSpec, { stack }: { stack: string }): ClusterPlan {
  const { topology } = spec;
  const cidr = parseCidr(topology.network.cidr);
  if (cidr === undefined) throw new RangeError(`not a network: ${topology.network.cidr}`);
  const pools = [
    { name: "nodes", prefix: "node", shape: topology.nodes, firstHost: firstNodeHost },
    ...Object.entries(topology.pools)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, shape]) => ({
        name,
        prefix: name,
        shape,
        firstHost: firstPoolHost + blockSize * poolBlock(cidr.prefix, name, shape.block),
      })),
  ];
  const placed = placer(topology, stack, cidr);
  const partitions = pools.map(({ name, prefix, shape, firstHost }) => ({
    name,
    nodes: placed(name, shape, mostNodes(shape), (index) => ({
      name: nodeName(prefix, index),
      host: firstHost + index,
    })),
  }));
  return {
    name: `schedlab-${stack}`,
    network: {
      name: `schedlab-${stack}`,
      bridge: bridgeName(stack),
      cidr: topology.network.cidr,
      prefix: cidr.prefix,
      gateway: formatAddress(networkBase(cidr) + 1),
      mode: topology.network.mode,
    },
    nodes: [
      ...placed("controller", topology.controller, 1, () => ({
        name: "controller",
        host: controllerHost,
      })),
      ...partitions.flatMap(({ nodes }) => nodes),
    ],
    partitions:
      ownPartitions(
        topology,
        partitions.flatMap(({ nodes }) => nodes),
      ) ??
      partitions.map(({ name, nodes }) => ({
        name,
        nodes: nodes.map((node) => node.name),
      })),
    overcommit: topology.overcommit,
  };
}

/** The partitions of a list of nodes, each with the domains that have nodes of it. */
function ownPartitions(
  topology: Topology,
  domains: readonly NodePlan[],
): PartitionPlan[] | undefined {
  const names = listedPartitions(topology);
  if (names === undefined) return undefined;
  const nodes = schedulerNodes(topology, domains);
  return names.map((name) => {
    const members = nodes.filter(
      ({ partitions }) => partitions === undefined || partitions.includes(name),
    );
    return { name, nodes: [...new Set(members.map(({ host }) => host))] };
  });
}

function nodeName(prefix: string, index: number): string {
  return `${prefix}${String(index + 1).padStart(2, "0")}`;
}

function placer(topology: Topology, stack: string, cidr: Cidr) {
  const base = networkBase(cidr);
  const mac = macAddresses(stack);
  return (
    pool: string,
    shape: NodeShape & Parameters<typeof poolTraits>[0],
    count: number,
    at: (index: number) => { readonly name: string; readonly host: number },
  ): NodePlan[] => {
    const size = nodeSize(topology, shape);
    const link = nodeLink(topology, shape);
    const traits = poolTraits(shape);
    return Array.from({ length: count }, (_, index) => {
      const { name, host } = at(index);
      return {
        name,
        domainName: `schedlab-${stack}-${name}`,
        role: pool === "controller" ? "controller" : "compute",
        pool,
        address: formatAddress(base + host),
        mac: mac(host),
        ...size,
        ...traits,
        link,
      };
    });
  };
}

/** 52:54 is locally administered; two bytes tell stacks apart and two hold the host number, at most 16 bits. */
function macAddresses(stack: string): (host: number) => string {
  const start = ["52", "54", ...pairs(digest(stack).slice(0, 4))].join(":");
  return (host) => {
    const digits = host.toString(16).padStart(4, "0");
    return `${start}:${digits.slice(0, 2)}:${digits.slice(2)}`;
  };
}

function pairs(text: string): string[] {
  return text.match(/../g) ?? [];
}

/** Readable start and 24 bits of hash: "sl-dev-3f2a1b". */
function bridgeName(stack: string): string {
  const readable = stack
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 5);
  return `sl-${readable}-${digest(stack).slice(0, 6)}`;
}

function digest(stack: string): string {
  return createHash("sha256").update(stack).digest("hex");
}
