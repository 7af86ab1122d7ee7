import { z } from "zod";
import { listedNodes, listedSchema } from "./emulated-list";
import { distinguished, integer, strict, text } from "./fields";
import { type NodeTraits, poolTraits, traitName } from "./node-traits";
import { mebibytes, memoryForm, memoryPattern } from "./units";

/** As many of the same on each domain. */
const alikeSchema = strict({
  /** Absent where it was not said, so that a tuple without it stays the one that it was. */
  from: z.literal("alike").optional(),
  perDomain: integer(1, 5000),
  cores: integer(1, 1024),
  memory: text(memoryPattern, memoryForm),
  /** As many as the densest servers have. */
  gpus: integer(0, 16).default(0),
  gpuType: traitName().optional(),
  /** Leaf switches that the pool's nodes are spread over evenly, in the order of their names. */
  switches: integer(1, 1000).optional(),
});

/**
 * Many nodes of the scheduler in each domain of a pool. They take jobs that hold their cores, memory and
 * GPUs without using any.
 */
export const emulatedSchema = distinguished("from", ["alike", "list"], [alikeSchema, listedSchema]);

export type Emulated = z.infer<typeof emulatedSchema>;
export type AlikeNodes = z.infer<typeof alikeSchema>;

/** The part of a topology that says what its pools are made of. */
interface Pools {
  readonly nodes: Pool;
  readonly pools: Readonly<Record<string, Pool>>;
}

interface Pool {
  readonly count: number;
  readonly emulated?: Emulated | undefined;
  readonly features?: readonly string[] | undefined;
  readonly gpuType?: string | undefined;
}

/** A node as the scheduler knows it: a domain, or one of those that a domain emulates. */
export interface SchedulerNode extends NodeTraits {
  readonly name: string;
  readonly pool: string;
  /** The domain; the node itself where it is not emulated. */
  readonly host: string;
  readonly emulated: boolean;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Leaf switch of the pool, from 0; null where none was asked for. */
  readonly leaf: number | null;
  /** What tells it apart beside its size; absent where nothing does. */
  readonly gpuType?: string;
  readonly features?: readonly string[];
  /** Of those that its domain is in; absent where it is in all of them. */
  readonly partitions?: readonly string[];
}

interface Domain {
  readonly name: string;
  readonly role: "controller" | "compute";
  readonly pool: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** Whether the scheduler's nodes are emulated: all of them are, or none. */
export function isEmulated(topology: Pools): boolean {
  return [topology.nodes, ...Object.values(topology.pools)].some(
    ({ emulated }) => emulated !== undefined,
  );
}

/** The nodes that the scheduler knows on these domains, in the order of the domains; no controller. */
export function schedulerNodes(topology: Pools, domains: readonly Domain[]): SchedulerNode[] {
  const shapes = new Map(Object.entries({ ...topology.pools, nodes: topology.nodes }));
  return domains
    .filter(({ role }) => role === "compute")
    .flatMap((domain): SchedulerNode[] => {
      const { name, pool, vcpus, memoryMiB, gpus } = domain;
      const shape = shapes.get(pool);
      const traits = shape === undefined ? {} : poolTraits(shape);
      if (shape?.emulated === undefined) {
        const own = { name, pool, host: name, emulated: false, vcpus, memoryMiB, gpus, leaf: null };
        return [{ ...own, ...traits }];
      }
      const place = domains.filter((one) => one.pool === pool).indexOf(domain);
      if (shape.emulated.from === "list") {
        return listedNodes(shape.emulated, place, shape.count).map((node) => ({
          ...node,
          pool,
          host: name,
          emulated: true,
        }));
      }
      const { perDomain, cores, memory, switches, ...own } = shape.emulated;
      const before = perDomain * place;
      const all = perDomain * shape.count;
      return Array.from({ length: perDomain }, (_, index) => ({
        name: emulatedName(name, index),
        pool,
        host: name,
        emulated: true,
        vcpus: cores,
        memoryMiB: mebibytes(memory),
        gpus: own.gpus,
        leaf: switches === undefined ? null : Math.floor(((before + index) * switches) / all),
        ...traits,
      }));
    });
}

/** How many nodes the domains of a pool with so many domains emulate, in the order of the domains. */
export function emulatedCounts({ count, emulated }: Pool): number[] {
  if (emulated === undefined) return [];
  return Array.from({ length: count }, (_, place) =>
    emulated.from === "list" ? listedNodes(emulated, place, count).length : emulated.perDomain,
  );
}

/** "node01-0001": schedulers write many of them as node01-[0001-1000]. */
export function emulatedName(domain: string, index: number): string {
  return `${domain}-${String(index + 1).padStart(4, "0")}`;
}

/** The partitions with the scheduler's nodes in place of the domains. */
export function schedulerPartitions(
  partitions: readonly { readonly name: string; readonly nodes: readonly string[] }[],
  nodes: readonly SchedulerNode[],
): { readonly name: string; readonly nodes: readonly string[] }[] {
  const onHost = new Map<string, SchedulerNode[]>();
  for (const node of nodes) {
    const known = onHost.get(node.host);
    if (known === undefined) onHost.set(node.host, [node]);
    else known.push(node);
  }
  return partitions.map(({ name, nodes: hosts }) => ({
    name,
    nodes: hosts.flatMap((host) =>
      (onHost.get(host) ?? []).flatMap((node) =>
        node.partitions === undefined || node.partitions.includes(name) ? [node.name] : [],
      ),
    ),
  }));
}
