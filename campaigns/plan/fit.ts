import type { InotifyInstances } from "../../host/inotify";
import {
  type CapacityNeed,
  type CapacityProblem,
  capacityNeed,
  capacityProblems,
  containerProblems,
  type HostCapacity,
  inotifyNeed,
  inotifyProblems,
} from "../../infra/capacity";
import type { DomainKind } from "../../spec/topology";
import type { CampaignCluster, CampaignPlan } from "./types";

/** This host, as far as a campaign has to know it. */
export interface CampaignHost extends HostCapacity {
  readonly totalMemoryMiB: number;
  /** What `domain: auto` becomes here; null where no stack has found it out yet. */
  readonly autoDomain: DomainKind | null;
  /** Null where the kernel does not say. */
  readonly inotify: InotifyInstances | null;
  /** Names of the domains that run now. */
  readonly running: ReadonlySet<string>;
  /** Why a range cannot be used, or null; what belongs to the named libvirt network does not count. */
  readonly rangeConflict: (cidr: string, ownNetworkName: string) => string | null;
}

export interface ClusterFit {
  readonly stack: string;
  readonly need: CapacityNeed;
  /** Why this host cannot hold the cluster; empty where it can, or where another host would. */
  readonly problems: readonly string[];
}

export interface HostFit {
  readonly clusters: readonly ClusterFit[];
  /** Clusters that are up at the same time, whichever they are. */
  readonly atOnce: number;
  /** Why the campaign as a whole does not fit; empty where it does. */
  readonly problems: readonly string[];
}

/**
 * Whether this host holds each of the clusters, and how many at once. It asks of them together what `up`
 * asks of one: cores and memory with the overcommit that the most careful of them allows, and disk.
 */
export function fitHost(plan: CampaignPlan, host: CampaignHost): HostFit {
  const local = plan.clusters.filter(isLocal);
  const capacity = availableTo(local, host);
  const clusters = plan.clusters.map((cluster) => ({
    stack: cluster.stack,
    need: capacityNeed(cluster.plan.nodes),
    problems: isLocal(cluster) ? clusterProblems(cluster, capacity, host) : [],
  }));
  const alone = byProblem(clusters);
  const asked = plan.clustersAtOnce === "auto" ? plan.clusters.length : plan.clustersAtOnce;
  const wanted = Math.min(asked, plan.clusters.length);
  const held = mostAtOnce(local, plan.keep ? local.length : wanted, capacity);
  if (alone.length > 0) return { clusters, atOnce: held, problems: alone };
  const problems: string[] = [];
  if (plan.clustersAtOnce !== "auto" && held < Math.min(wanted, local.length)) {
    const why = togetherProblems(local, wanted, capacity).map(lackText).join("; ");
    problems.push(`clusters: this host holds at most ${held} at once, not ${wanted}; ${why}`);
  }
  if (plan.keep && held < local.length) {
    const why = togetherProblems(local, local.length, capacity).map(lackText).join("; ");
    problems.push(
      `keep: all ${local.length} clusters would stay up, this host holds ${held}; ${why}`,
    );
  }
  // Other hosts are not looked into.
  return { clusters, atOnce: local.length === 0 ? wanted : Math.min(wanted, held), problems };
}

/** Each problem once, with the first of the clusters that have it. */
function byProblem(clusters: readonly ClusterFit[]): string[] {
  const stacks = new Map<string, string[]>();
  for (const { stack, problems } of clusters) {
    for (const problem of problems) stacks.set(problem, [...(stacks.get(problem) ?? []), stack]);
  }
  return [...stacks].map(([problem, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `${first}${more}: ${problem}`;
  });
}

/** What clusters of this host can have of it. */
type Available = HostCapacity & Pick<CampaignHost, "autoDomain" | "inotify">;

/** What the campaign's own nodes hold already counts as free for them. */
function availableTo(clusters: readonly CampaignCluster[], host: CampaignHost): Available {
  const own = clusters.some(({ plan }) =>
    plan.nodes.some(({ domainName }) => host.running.has(domainName)),
  );
  if (!own) return host;
  const inotify = host.inotify && { ...host.inotify, used: 0 };
  return { ...host, memoryMiB: host.totalMemoryMiB, inotify };
}

/** The scheduler's kind of a cluster whose nodes are containers; undefined where they are machines. */
function containersOf({ tuples }: CampaignCluster, { autoDomain }: Available) {
  const spec = tuples[0]?.spec;
  const domain = spec?.topology.domain === "auto" ? autoDomain : spec?.topology.domain;
  return domain === "lxc" ? spec?.scheduler.kind : undefined;
}

function inotifyOf(cluster: CampaignCluster, available: Available): number {
  const kind = containersOf(cluster, available);
  return kind === undefined ? 0 : inotifyNeed(cluster.plan.nodes, kind);
}

function isLocal({ tuples }: CampaignCluster): boolean {
  const uri = tuples[0]?.spec.topology.hypervisor.uri;
  return uri === undefined || uri.startsWith("qemu:///");
}

function clusterProblems(
  cluster: CampaignCluster,
  available: Available,
  { rangeConflict }: CampaignHost,
): string[] {
  const { plan, cidr } = cluster;
  const conflict = rangeConflict(cidr, plan.network.name);
  const kind = containersOf(cluster, available);
  const lacks = [
    ...capacityProblems(plan, available),
    ...(kind === undefined ? [] : containerProblems(plan.nodes, kind, available)),
    ...inotifyProblems(inotifyOf(cluster, available), available.inotify),
  ];
  return [
    ...lacks.map((lack) => `${lackText(lack)}; ${lack.remedy}`),
    ...(conflict === null ? [] : [conflict]),
  ];
}

function lackText({ what, needed, have }: CapacityProblem): string {
  return `${what}: needed are ${needed}, the host has ${have}`;
}

/** The largest number up to `wanted`, at least 1, of which any choice of clusters fits. */
function mostAtOnce(
  clusters: readonly CampaignCluster[],
  wanted: number,
  capacity: Available,
): number {
  let held = Math.min(1, clusters.length);
  while (held < Math.min(wanted, clusters.length)) {
    if (togetherProblems(clusters, held + 1, capacity).length > 0) break;
    held += 1;
  }
  return held;
}

const demands = {
  cores: ({ vcpus }: CapacityNeed) => vcpus,
  memory: ({ memoryMiB }: CapacityNeed) => memoryMiB,
  disk: ({ diskGiB }: CapacityNeed) => diskGiB,
};

/** What the clusters that want most of each resource lack when `count` of them are up. */
function togetherProblems(
  clusters: readonly CampaignCluster[],
  count: number,
  capacity: Available,
): CapacityProblem[] {
  const overcommit = {
    cores: Math.min(...clusters.map(({ plan }) => plan.overcommit.cores)),
    memory: Math.min(...clusters.map(({ plan }) => plan.overcommit.memory)),
  };
  const inotify = clusters.map((cluster) => inotifyOf(cluster, capacity)).sort((a, b) => b - a);
  const together = inotify.slice(0, count).reduce((sum, need) => sum + need, 0);
  const lacks = Object.entries(demands).flatMap(([resource, demand]) => {
    const heaviest = clusters
      .map(({ plan }) => ({ plan, demand: demand(capacityNeed(plan.nodes)) }))
      .sort((a, b) => b.demand - a.demand)
      .slice(0, count);
    const nodes = heaviest.flatMap(({ plan }) => plan.nodes);
    return capacityProblems({ nodes, overcommit }, capacity).filter(
      ({ what }) => what === resource,
    );
  });
  return [...lacks, ...inotifyProblems(together, capacity.inotify)];
}
