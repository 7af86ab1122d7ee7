import { mostNodes } from "./elastic";
import {
  blockSize,
  firstNodeHost,
  firstPoolHost,
  formatAddress,
  lastHost,
  networkBase,
  parseCidr,
  poolBlock,
  poolBlocks,
} from "./network";
import { poolProblems } from "./pool-checks";
import { type Problem, show, suggestion } from "./problems";
import {
  hardwareProfile,
  hardwareProfileNames,
  networkProfile,
  networkProfileNames,
  nodeLink,
  nodeSize,
} from "./profiles";
import type { NodeShape, Topology } from "./topology";
import { traitProblems } from "./trait-checks";

/** Profiles, names, addresses and links that do not go together. */
export function topologyProblems(topology: Topology): Problem[] {
  return [
    ...shapes(topology).flatMap(([path, shape]) => shapeProblems(topology, path, shape)),
    ...fabricProblems(topology),
    ...poolNameProblems(topology),
    ...poolProblems(topology),
    ...traitProblems(topology),
    ...networkProblems(topology),
    ...hypervisorProblems(topology),
  ];
}

function shapes(topology: Topology): [string, NodeShape][] {
  return [
    ["topology.controller", topology.controller],
    ["topology.nodes", topology.nodes],
    ...Object.entries(topology.pools).map(([name, pool]): [string, NodeShape] => [
      `topology.pools.${name}`,
      pool,
    ]),
  ];
}

/** Below this a node with systemd, sshd and a scheduler's daemon does not start. */
const leastMemoryMiB = 128;
const leastDiskGiB = 2;

function shapeProblems(topology: Topology, path: string, shape: NodeShape): Problem[] {
  const problems: Problem[] = [];
  if (hardwareProfile(topology, shape.profile) === undefined) {
    problems.push({
      path: `${path}.profile`,
      message: unknownProfile(shape.profile, hardwareProfileNames(topology), "cpu2-4g"),
    });
  } else {
    const size = nodeSize(topology, shape);
    if (size.memoryMiB < leastMemoryMiB) {
      problems.push({
        path: `${path}.memory`,
        message: `expected at least ${leastMemoryMiB}MiB, got ${size.memoryMiB}MiB`,
      });
    }
    if (size.diskGiB < leastDiskGiB) {
      problems.push({
        path: `${path}.disk`,
        message: `expected at least ${leastDiskGiB}GiB, got ${size.diskGiB}GiB`,
      });
    }
    if (path === "topology.controller" && size.gpus > 0) {
      problems.push({
        path: `${path}.gpus`,
        message: `expected 0, got ${size.gpus}: no job runs on the controller`,
      });
    }
  }
  const fabric = shape.network ?? topology.network.fabric;
  if (networkProfile(topology, fabric) === undefined) {
    if (shape.network !== undefined) {
      problems.push({
        path: `${path}.network`,
        message: unknownProfile(fabric, networkProfileNames(topology)),
      });
    }
  } else {
    const { bandwidthMbps } = nodeLink(topology, shape);
    if (bandwidthMbps !== null && bandwidthMbps < 1) {
      problems.push({
        path: `${path}.network`,
        message: `"${fabric}" scaled by ${topology.network.scale} has ${bandwidthMbps} Mbit/s, expected at least 1; raise topology.network.scale`,
      });
    }
  }
  return problems;
}

function unknownProfile(name: string, known: readonly string[], form?: string): string {
  const also = form === undefined ? "" : ` or a sized one such as ${form}`;
  return `unknown profile ${show(name)}${suggestion(name, known)} (known: ${known.join(", ")}${also})`;
}

function fabricProblems(topology: Topology): Problem[] {
  const { fabric } = topology.network;
  if (networkProfile(topology, fabric) !== undefined) return [];
  return [
    {
      path: "topology.network.fabric",
      message: unknownProfile(fabric, networkProfileNames(topology)),
    },
  ];
}

/** Names that already mean something: the other pools' own, or a word of a scheduler. */
const reservedPools = ["controller", "nodes", "node", "default", "all", "localhost"];

function poolNameProblems(topology: Topology): Problem[] {
  return Object.keys(topology.pools)
    .filter((name) => reservedPools.includes(name))
    .map((name) => ({
      path: `topology.pools.${name}`,
      message: `"${name}" is reserved, choose another name`,
    }));
}

function networkProblems(topology: Topology): Problem[] {
  const path = "topology.network.cidr";
  const cidr = parseCidr(topology.network.cidr);
  const first = cidr === undefined ? 0 : Math.floor(cidr.base / 2 ** 24);
  if (cidr === undefined || first === 0 || first === 127 || first >= 224) {
    return [{ path, message: `expected a private network, got ${show(topology.network.cidr)}` }];
  }
  const base = networkBase(cidr);
  if (base !== cidr.base) {
    const aligned = `${formatAddress(base)}/${cidr.prefix}`;
    return [{ path, message: `expected ${aligned}, got ${show(topology.network.cidr)}` }];
  }
  const last = lastHost(cidr.prefix);
  const problems: Problem[] = [];
  const most = mostNodes(topology.nodes);
  const lastNode = firstNodeHost + most - 1;
  if (lastNode > last) {
    problems.push({
      path,
      message: `/${cidr.prefix} has room for ${last - firstNodeHost + 1} nodes, topology.nodes.${topology.nodes.elastic === undefined ? "count" : "elastic.max"} is ${most}; take a shorter prefix`,
    });
  }
  return [...problems, ...blockProblems(topology, cidr.prefix)];
}

/** Pools that do not fit after `nodes`, or whose addresses overlap. */
function blockProblems(topology: Topology, prefix: number): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<number, string>();
  const last = lastHost(prefix);
  for (const [name, pool] of Object.entries(topology.pools).sort()) {
    const start = poolBlock(prefix, name, pool.block);
    const blocks = Array.from(
      { length: Math.ceil(mostNodes(pool) / blockSize) },
      (_, index) => start + index,
    );
    if (firstPoolHost + start * blockSize + mostNodes(pool) - 1 > last) {
      problems.push({
        path: pool.block === undefined ? "topology.network.cidr" : `topology.pools.${name}.block`,
        message: `/${prefix} has no room for the ${mostNodes(pool)} nodes of the pool "${name}"; take a shorter prefix`,
      });
      continue;
    }
    const other = blocks.map((block) => taken.get(block)).find((owner) => owner !== undefined);
    if (other !== undefined) {
      const free = freeBlock(taken, blocks.length, poolBlocks(prefix));
      const remedy = free === undefined ? "take a shorter prefix" : `set it to ${free}`;
      if (free !== undefined) for (const index of blocks.keys()) taken.set(free + index, name);
      problems.push({
        path: `topology.pools.${name}.block`,
        message: `the addresses of the pools "${other}" and "${name}" overlap; ${remedy}`,
      });
      continue;
    }
    for (const block of blocks) taken.set(block, name);
  }
  return problems;
}

function freeBlock(
  taken: ReadonlyMap<number, string>,
  length: number,
  blocks: number,
): number | undefined {
  for (let start = 0; start + length <= blocks; start += 1) {
    if (!Array.from({ length }, (_, index) => start + index).some((block) => taken.has(block))) {
      return start;
    }
  }
  return undefined;
}

function hypervisorProblems(topology: Topology): Problem[] {
  const { uri } = topology.hypervisor;
  if (uri === undefined || topology.domain !== "lxc" || !/^qemu(\+[a-z0-9]+)?:\/\/[^/]/.test(uri)) {
    return [];
  }
  return [
    {
      path: "topology.hypervisor.uri",
      message: `containers run on this host only, got ${show(uri)} with topology.domain lxc`,
    },
  ];
}
