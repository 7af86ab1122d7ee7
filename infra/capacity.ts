import type { InotifyInstances } from "../host/inotify";
import type { SchedulerKind } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import type { ClusterPlan } from "./plan";

/** What the hypervisor's host has for all of its domains. */
export interface HostCapacity {
  readonly cores: number;
  readonly memoryMiB: number;
  readonly freeDiskGiB: number;
}

export interface CapacityProblem {
  readonly what: "cores" | "memory" | "disk" | "inotify" | "threads";
  /** As a person reads it, with its unit. */
  readonly needed: string;
  readonly have: string;
  readonly remedy: string;
}

/**
 * Disks are copy-on-write over one image, so their sizes are limits, not needs: what counts is the
 * image, once, and what a node writes of its own (logs, state, results).
 */
const imageGiB = 3;
const writtenPerNodeGiB = 0.25;

/** What the nodes need of the host together. */
export interface CapacityNeed {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

export function capacityNeed(nodes: ClusterPlan["nodes"]): CapacityNeed {
  return {
    vcpus: sum(nodes.map((node) => node.vcpus)),
    memoryMiB: sum(nodes.map((node) => node.memoryMiB)),
    diskGiB: Math.ceil(imageGiB + writtenPerNodeGiB * nodes.length),
  };
}

/** What the plan needs beyond what the host has, overcommit allowed for; empty when it fits. */
export function capacityProblems(
  plan: Pick<ClusterPlan, "nodes" | "overcommit">,
  host: HostCapacity,
): CapacityProblem[] {
  const { vcpus, memoryMiB, diskGiB } = capacityNeed(plan.nodes);
  const problems: CapacityProblem[] = [];
  if (vcpus > host.cores * plan.overcommit.cores) {
    problems.push({
      what: "cores",
      needed: `${vcpus} vCPUs in ${plan.nodes.length} nodes`,
      have: allowance(`${host.cores} cores`, plan.overcommit.cores),
      remedy: smallerOr("cores", vcpus / host.cores),
    });
  }
  if (memoryMiB > host.memoryMiB * plan.overcommit.memory) {
    problems.push({
      what: "memory",
      needed: `${memoryMiB} MiB in ${plan.nodes.length} nodes`,
      have: allowance(`${Math.floor(host.memoryMiB)} MiB`, plan.overcommit.memory),
      remedy: smallerOr("memory", memoryMiB / host.memoryMiB),
    });
  }
  if (diskGiB > host.freeDiskGiB) {
    problems.push({
      what: "disk",
      needed: `${diskGiB} GiB`,
      have: `${Math.floor(host.freeDiskGiB * 10) / 10} GiB free`,
      remedy: "free some disk space, or set SCHEDLAB_CACHE to a directory on a larger disk",
    });
  }
  return problems;
}

/** Inotify instances that these nodes hold as containers: they share the host's limit for root. */
export function inotifyNeed(nodes: ClusterPlan["nodes"], kind: SchedulerKind): number {
  const { controller, compute } = specFacts[kind].inotifyInstances;
  return sum(nodes.map(({ role }) => (role === "controller" ? controller : compute)));
}

/** What new containers lack that need so many instances together; empty when nothing is lacking. */
export function inotifyProblems(
  needed: number,
  instances: InotifyInstances | null,
): CapacityProblem[] {
  if (instances === null || needed <= instances.limit - instances.used) return [];
  const { limit, used } = instances;
  const enough = 2 ** Math.ceil(Math.log2(used + needed) + 1);
  return [
    {
      what: "inotify",
      needed: `${needed} instances in containers`,
      have: `${Math.max(0, limit - used)} of ${limit} left for root`,
      remedy: `raise the limit: sysctl -w fs.inotify.max_user_instances=${enough}`,
    },
  ];
}

/** What a single node lacks when the nodes are containers of this host; empty when nothing is lacking. */
export function containerProblems(
  nodes: ClusterPlan["nodes"],
  kind: SchedulerKind,
  { cores }: Pick<HostCapacity, "cores">,
): CapacityProblem[] {
  const { containersMayExceedHost, name } = specFacts[kind];
  const [largest] = nodes
    .filter(({ vcpus }) => vcpus > cores)
    .toSorted((one, other) => other.vcpus - one.vcpus);
  if (containersMayExceedHost || largest === undefined) return [];
  return [
    {
      what: "cores",
      needed: `${largest.vcpus} vCPUs in a single container, ${largest.name}, under ${name}`,
      have: `${cores} cores`,
      remedy: `take more nodes of at most ${cores} vCPUs each; machines and other schedulers can have larger ones`,
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function allowance(have: string, overcommit: number): string {
  return overcommit === 1 ? have : `${have} × ${overcommit} by topology.overcommit`;
}

function smallerOr(key: "cores" | "memory", ratio: number): string {
  const enough = Math.ceil(ratio * 10) / 10;
  return `take fewer or smaller nodes (topology.nodes), or set topology.overcommit.${key} to ${enough}`;
}
