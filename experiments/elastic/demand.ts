import { jobMemoryMiB } from "../../spec/allocation";
import type { SchedulerNode } from "../../spec/emulated";
import type { JobRecord } from "../../store/record";
import type { BookChange } from "../run/book-entry";
import type { LiveCluster } from "../schedulers/adapter";

/** Cores that the jobs of one pool want: those that they cannot share with others for want of memory, too. */
export interface PoolDemand {
  readonly queuedCores: number;
  readonly runningCores: number;
}

interface Share {
  readonly kind: keyof PoolDemand;
  /** Cores of each pool, and how many of its nodes the job needs at once. */
  readonly pools: ReadonlyMap<string, { readonly cores: number; readonly nodes: number }>;
}

interface Sum {
  queuedCores: number;
  runningCores: number;
  /** How many jobs wait that need so many nodes. */
  readonly waiting: Map<number, number>;
}

/** More than fractions of cores can have lost in a sum. */
const TINY = 1e-6;

type Planned = Pick<JobRecord["planned"], "cores" | "memoryMiB" | "gpus">;

/**
 * Cores of nodes like this one that a job takes up, whether it uses them or not: those beside its own that
 * no other job can have, since the memory or the accelerators of their node are its. A fraction where nodes
 * do not divide evenly.
 */
export function coresTaken({ cores, memoryMiB, gpus }: Planned, node: SchedulerNode): number {
  const perCore = memoryMiB === null ? 0 : Math.ceil(memoryMiB / cores);
  const fits = perCore === 0 ? node.vcpus : Math.floor(jobMemoryMiB(node) / perCore);
  const withMemory = (cores * node.vcpus) / Math.max(1, Math.min(node.vcpus, fits));
  const withGpus = node.gpus === 0 ? 0 : (gpus * node.vcpus) / node.gpus;
  return Math.max(cores, withMemory, withGpus);
}

/** Nodes like this one that a job needs at once: as many as it asks for, or as few as hold it. */
function nodesNeeded(planned: Planned & { readonly nodes?: number }, node: SchedulerNode): number {
  return Math.max(planned.nodes ?? 1, Math.ceil(coresTaken(planned, node) / node.vcpus - TINY));
}

/**
 * What the jobs that the scheduler has accepted want of each elastic pool, kept up to date with every
 * change of a job. A job that waits counts for every elastic pool that its partition has nodes of, since any
 * of them could take it; one that runs for those that its nodes are of. A partition that the cluster does not
 * list is one that the scheduler has made over all nodes.
 */
export class Demand {
  readonly #shares = new Map<number, Share>();
  readonly #sums: ReadonlyMap<string, Sum>;
  /** A node of each elastic pool; all of a pool are alike. */
  readonly #nodes: ReadonlyMap<string, SchedulerNode>;
  readonly #poolOf: ReadonlyMap<string, string>;
  readonly #poolsOf: ReadonlyMap<string, readonly string[]>;
  readonly #defaultPartition: string;

  constructor(cluster: Pick<LiveCluster, "partitions" | "schedulerNodes" | "elastic">) {
    const { partitions, schedulerNodes, elastic } = cluster;
    const nodes = schedulerNodes.filter(({ pool }) => elastic.has(pool));
    this.#sums = new Map(
      [...elastic.keys()].map((pool) => [pool, { ...none, waiting: new Map() }]),
    );
    this.#nodes = new Map(nodes.map((node) => [node.pool, node]));
    this.#poolOf = new Map(schedulerNodes.map(({ name, pool }) => [name, pool]));
    this.#poolsOf = new Map(
      partitions.map(({ name, nodes: members }) => {
        const of = new Set(members);
        return [name, [...new Set(nodes.flatMap((n) => (of.has(n.name) ? [n.pool] : [])))]];
      }),
    );
    this.#defaultPartition = partitions[0]?.name ?? "";
  }

  /** Whole cores. */
  of(pool: string): PoolDemand {
    const { queuedCores, runningCores } = this.#sums.get(pool) ?? none;
    const whole = (cores: number) => Math.max(0, Math.ceil(cores - TINY));
    return { queuedCores: whole(queuedCores), runningCores: whole(runningCores) };
  }

  /** Nodes that the widest of the waiting jobs needs at once; 0 where none waits. */
  widest(pool: string): number {
    return Math.max(0, ...(this.#sums.get(pool)?.waiting.keys() ?? []));
  }

  /** @returns the pools whose demand has changed by this. */
  change(change: BookChange): string[] {
    const { job } = change.record;
    const before = this.#shares.get(job);
    const after = this.#share(change);
    if (alike(before, after)) return [];
    this.#add(before, -1);
    this.#add(after, 1);
    if (after === undefined) this.#shares.delete(job);
    else this.#shares.set(job, after);
    return [...new Set([...(before?.pools.keys() ?? []), ...(after?.pools.keys() ?? [])])];
  }

  #share({ record, final, putBack }: BookChange): Share | undefined {
    const { planned, schedulerJob, start, end } = record;
    if (final || schedulerJob === null) return undefined;
    const waits = putBack || (start === null && end === null);
    // Its end is known to its wrapper before the scheduler has said so.
    if (!waits && end !== null) return undefined;
    const possible = this.#poolsOf.get(planned.partition ?? this.#defaultPartition) ?? [
      ...this.#sums.keys(),
    ];
    const on = new Set((record.nodes ?? []).flatMap((node) => this.#poolOf.get(node) ?? []));
    const pools = waits || on.size === 0 ? possible : possible.filter((pool) => on.has(pool));
    const taken = pools.flatMap((pool) => {
      const node = this.#nodes.get(pool);
      if (node === undefined) return [];
      const wants = { cores: coresTaken(planned, node), nodes: nodesNeeded(planned, node) };
      return [[pool, wants] as const];
    });
    return { kind: waits ? "queuedCores" : "runningCores", pools: new Map(taken) };
  }

  #add(share: Share | undefined, sign: 1 | -1): void {
    if (share === undefined) return;
    for (const [pool, { cores, nodes }] of share.pools) {
      const sum = this.#sums.get(pool);
      if (sum === undefined) continue;
      sum[share.kind] += sign * cores;
      if (share.kind === "runningCores") continue;
      const waiting = (sum.waiting.get(nodes) ?? 0) + sign;
      if (waiting === 0) sum.waiting.delete(nodes);
      else sum.waiting.set(nodes, waiting);
    }
  }
}

const none = { queuedCores: 0, runningCores: 0 };

/** The cores of a pool follow from the job, which stays the same. */
function alike(before: Share | undefined, after: Share | undefined): boolean {
  const [one, other] = [before, after].map((share) => [...(share?.pools.keys() ?? [])].join());
  return before?.kind === after?.kind && one === other;
}
