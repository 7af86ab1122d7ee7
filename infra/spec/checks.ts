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
import { type Problem, show, suggestion } from "./problems";
import {
  hardwareProfile,
  hardwareProfileNames,
  networkProfile,
  networkProfileNames,
  nodeLink,
  nodeSize,
} from "./profiles";
import type { SlurmPolicy } from "./slurm";
import type { ExperimentSpec } from "./spec";
import type { NodeShape, Topology } from "./topology";
import { userNames } from "./users";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  return [
    ...shapes(spec.topology).flatMap(([path, shape]) => shapeProblems(spec.topology, path, shape)),
    ...profileProblems(spec.topology),
    ...poolNameProblems(spec),
    ...networkProblems(spec.topology),
    ...hypervisorProblems(spec.topology),
    ...schedulerProblems(spec),
    ...workloadProblems(spec),
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

function profileProblems(topology: Topology): Problem[] {
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

function poolNameProblems(spec: ExperimentSpec): Problem[] {
  return Object.keys(spec.topology.pools)
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
  const lastNode = firstNodeHost + topology.nodes.count - 1;
  if (lastNode > last) {
    problems.push({
      path,
      message: `/${cidr.prefix} has room for ${last - firstNodeHost + 1} nodes, topology.nodes.count is ${topology.nodes.count}; take a shorter prefix`,
    });
  }
  return [...problems, ...blockProblems(topology, cidr.prefix)];
}

/** Pools that do not fit behind `nodes`, or fall on one another's addresses. */
function blockProblems(topology: Topology, prefix: number): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<number, string>();
  const last = lastHost(prefix);
  for (const [name, pool] of Object.entries(topology.pools).sort()) {
    const start = poolBlock(prefix, name, pool.block);
    const blocks = Array.from(
      { length: Math.ceil(pool.count / blockSize) },
      (_, index) => start + index,
    );
    if (firstPoolHost + start * blockSize + pool.count - 1 > last) {
      problems.push({
        path: pool.block === undefined ? "topology.network.cidr" : `topology.pools.${name}.block`,
        message: `/${prefix} has no room for the ${pool.count} nodes of the pool "${name}"; take a shorter prefix`,
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

/** Exhaustive over the kind: a new scheduler must say what it checks. */
const schedulerChecks: {
  [Kind in ExperimentSpec["scheduler"]["kind"]]: (
    policy: Extract<ExperimentSpec["scheduler"], { kind: Kind }>["policy"],
    spec: ExperimentSpec,
  ) => Problem[];
} = {
  slurm: slurmProblems,
};

function schedulerProblems(spec: ExperimentSpec): Problem[] {
  return schedulerChecks[spec.scheduler.kind](spec.scheduler.policy, spec);
}

function slurmProblems(policy: SlurmPolicy, spec: ExperimentSpec): Problem[] {
  const path = "scheduler.policy";
  const problems: Problem[] = [];
  const { sched, priority, preemption } = policy;
  if (sched.type === "backfill" && sched.resolution > sched.window * 60) {
    problems.push({
      path: `${path}.sched.resolution`,
      message: `expected at most the window, ${sched.window * 60} s, got ${sched.resolution} s`,
    });
  }
  if (priority.type === "multifactor") {
    if (Object.values(priority.weights).every((weight) => weight === 0)) {
      problems.push({
        path: `${path}.priority.weights`,
        message: "every weight is 0; raise one, or take priority.type basic",
      });
    }
    const sharing = Object.keys(priority.shares);
    if (sharing.length > 0 && priority.weights.fairshare === 0) {
      problems.push({
        path: `${path}.priority.shares`,
        message: "shares have no effect while weights.fairshare is 0",
      });
    }
    problems.push(...unknownUsers(spec, sharing, `${path}.priority.shares`));
  }
  if (preemption.type === "partition" && partitionNames(spec, []).includes(preemption.partition)) {
    problems.push({
      path: `${path}.preemption.partition`,
      message: `"${preemption.partition}" is the partition of a pool, choose another name`,
    });
  }
  const { parameters } = policy.select;
  if (
    preemption.type === "partition" &&
    preemption.mode === "suspend" &&
    parameters.endsWith("_Memory")
  ) {
    problems.push({
      path: `${path}.preemption.mode`,
      message: `suspended jobs keep their memory, so with select.parameters ${parameters} nothing would start; take CR_Core`,
    });
  }
  if (preemption.type === "qos") {
    problems.push(...unknownUsers(spec, preemption.users, `${path}.preemption.users`));
  }
  return problems;
}

function unknownUsers(spec: ExperimentSpec, users: readonly string[], path: string): Problem[] {
  const known = userNames(spec.workload.users.count);
  return users
    .filter((user) => !known.includes(user))
    .map((user) => ({
      path: `${path}.${user}`,
      message: `no such user, workload.users.count is ${known.length}`,
    }));
}

function partitionNames(spec: ExperimentSpec, further: readonly string[]): string[] {
  return ["nodes", ...Object.keys(spec.topology.pools), ...further];
}

function workloadProblems(spec: ExperimentSpec): Problem[] {
  const { runtime, users } = spec.workload;
  const { preemption } = spec.scheduler.policy;
  const known = partitionNames(spec, preemption.type === "partition" ? [preemption.partition] : []);
  const problems = Object.entries(users.partitions)
    .filter(([, partition]) => !known.includes(partition))
    .map(([user, partition]) => ({
      path: `workload.users.partitions.${user}`,
      message: `unknown partition ${show(partition)}${suggestion(partition, known)} (known: ${known.join(", ")})`,
    }));
  if (runtime.min > runtime.max) {
    problems.push({
      path: "workload.runtime.min",
      message: `expected at most workload.runtime.max, ${runtime.max}, got ${runtime.min}`,
    });
  }
  return [
    ...problems,
    ...unknownUsers(spec, Object.keys(users.partitions), "workload.users.partitions"),
  ];
}
