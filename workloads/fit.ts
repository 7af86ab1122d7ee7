import { featuresOf } from "../spec/node-traits";
import { type ClusterCapacity, type NodeKind, nodesOf } from "./cluster";
import type { WorkloadJob } from "./job";

type Asks = Pick<
  WorkloadJob,
  "cores" | "gpus" | "memoryMiB" | "nodes" | "gpuType" | "constraint" | "partition"
>;

/** What a job wants of each of its nodes, where it says how many they are. */
export interface NodeShare {
  readonly nodes: number;
  readonly cores: number;
  readonly gpus: number;
  readonly memoryMiB: number | null;
}

/** Null for a job that leaves its nodes to the scheduler. */
export function nodeShare(job: Asks): NodeShare | null {
  const { nodes, cores, gpus, memoryMiB } = job;
  if (nodes === undefined) return null;
  return {
    nodes,
    cores: Math.ceil(cores / nodes),
    gpus: Math.ceil(gpus / nodes),
    memoryMiB: memoryMiB === null ? null : Math.ceil(memoryMiB / nodes),
  };
}

/** Why this cluster, empty, could never hold the job; null when it could, or the nodes are not known. */
export function misfit(job: Asks, cluster: ClusterCapacity): string | null {
  const known = nodesOf(cluster, job.partition);
  if (known === undefined) return null;
  const eligible = known.filter((node) => isOfKind(node, job));
  const share = nodeShare(job);
  if (share !== null) {
    const found = total(eligible, (node) => (holds(node, share) ? 1 : 0));
    return found >= share.nodes
      ? null
      : `${wanted(share, job)}, and ${counted(found)} that; ${there(known)}`;
  }
  const only = kindText(job);
  const cores = total(eligible, (node) => node.cores);
  if (only !== "" && cores < job.cores) {
    return `${job.cores} cores on nodes ${only}, which have ${cores}; ${there(known)}`;
  }
  const gpus = job.gpus === 0 ? 0 : mostGpus(eligible, job.cores);
  if (job.gpus > gpus) {
    return `${job.gpus} GPUs on at most ${job.cores} ${job.cores === 1 ? "node" : "nodes"}${only === "" ? "" : ` ${only}`}, a core on each, which have ${gpus}; ${there(known)}`;
  }
  return null;
}

/** GPUs that a job with so many cores can reach, at least one core of which is on each of its nodes. */
function mostGpus(nodes: readonly NodeKind[], cores: number): number {
  let left = cores;
  let gpus = 0;
  for (const node of nodes.toSorted((a, b) => (b.gpus ?? 0) - (a.gpus ?? 0))) {
    const taken = Math.min(left, node.count);
    gpus += taken * (node.gpus ?? 0);
    left -= taken;
  }
  return gpus;
}

function isOfKind({ gpuType, features = [] }: NodeKind, job: Asks): boolean {
  const wants = job.constraint === undefined ? [] : (featuresOf(job.constraint) ?? []);
  return (
    (job.gpuType === undefined || job.gpus === 0 || job.gpuType === gpuType) &&
    wants.every((feature) => features.includes(feature))
  );
}

function holds(node: NodeKind, { cores, gpus, memoryMiB }: NodeShare): boolean {
  return node.cores >= cores && (node.gpus ?? 0) >= gpus && node.memoryMiB >= (memoryMiB ?? 0);
}

function wanted({ nodes, cores, gpus, memoryMiB }: NodeShare, job: Asks): string {
  const parts = [
    `${cores} cores`,
    ...(memoryMiB === null ? [] : [`${memoryMiB} MiB`]),
    ...(gpus === 0 ? [] : [`${gpus} GPUs`]),
  ];
  const each = nodes === 1 ? "with" : "each with";
  return [`${nodes === 1 ? "1 node" : `${nodes} nodes`} ${each} ${parts.join(", ")}`, kindText(job)]
    .filter((part) => part !== "")
    .join(" ");
}

function kindText({ constraint, gpuType, gpus }: Asks): string {
  return [
    ...(constraint === undefined ? [] : [`with the feature ${constraint}`]),
    ...(gpuType === undefined || gpus === 0 ? [] : [`with GPUs of the type ${gpuType}`]),
  ].join(" ");
}

function counted(nodes: number): string {
  if (nodes === 0) return "no node has";
  return nodes === 1 ? "1 node has" : `${nodes} nodes have`;
}

function there(nodes: readonly NodeKind[]): string {
  const kinds = nodes.map(({ count, cores, memoryMiB, gpus = 0, gpuType, features }) => {
    const type = gpuType === undefined ? "" : ` of the type ${gpuType}`;
    const named = features === undefined ? "" : `, features ${features.join(", ")}`;
    return `${count} with ${cores} cores, ${memoryMiB} MiB and ${gpus} GPUs${type}${named}`;
  });
  return `there are ${kinds.join("; ")}`;
}

function total(nodes: readonly NodeKind[], of: (node: NodeKind) => number): number {
  return nodes.reduce((sum, node) => sum + node.count * of(node), 0);
}
