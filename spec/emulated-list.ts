import { z } from "zod";
import { memoryForJobs } from "./allocation";
import { integer, strict, text } from "./fields";
import { compressNames, expandNames, HostlistError } from "./hostlist";
import { type NodeTraits, traitName, traitNames } from "./node-traits";
import { mebibytes, memoryForm, memoryPattern } from "./units";

/** Of the nodes of a domain; a scheduler's own name for it may have capitals. */
export const nodeNamePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** As long as it may be in the labels of nodes. */
export const partitionPattern = /^[A-Za-z0-9]([\w.-]{0,50}[A-Za-z0-9])?$/;
const partition = () => text(partitionPattern, "the name of a partition");

const nodesSchema = strict({
  names: text(/^\S+$/, "names such as cn[001-400]"),
  cores: integer(1, 1024),
  /** That jobs may have, so that it is what a scheduler's own file says. */
  memory: text(memoryPattern, memoryForm),
  gpus: integer(0, 16).default(0),
  gpuType: traitName().optional(),
  /** Names by which jobs may ask for these nodes. */
  features: traitNames().optional(),
  /** Of `partitions`; all of them where nothing is said. */
  partitions: z.array(partition(), { error: "expected a list of partitions" }).optional(),
  /** Leaf switch, from 0. */
  leaf: integer(0, 9999).optional(),
});

/**
 * Nodes by name, of several shapes. The pool's domains share them in their order, as evenly as can be.
 * Either the list itself or the file that it is read from.
 */
export const listedSchema = strict({
  from: z.literal("list"),
  /** A site's configuration, or a directory with it; schedlab puts the nodes in its place. */
  file: text(/\S/, "the path of a site's configuration").optional(),
  nodes: z.array(nodesSchema, { error: "expected a list of nodes" }).prefault([]),
  /** Of the cluster, the default one first, in place of the pools' own. */
  partitions: z.array(partition(), { error: "expected a list of partitions" }).optional(),
});

export type ListedNodes = z.infer<typeof listedSchema>;

interface ListedNode extends NodeTraits {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly leaf: number | null;
  readonly partitions?: readonly string[];
}

/** Lists are long, and asked for again and again. */
const expanded = new WeakMap<ListedNodes, readonly ListedNode[]>();

/** All nodes of a list; none of an entry whose names are not in the notation. */
export function allListed(list: ListedNodes): readonly ListedNode[] {
  const known = expanded.get(list);
  if (known !== undefined) return known;
  const nodes = list.nodes.flatMap(
    ({ names, cores, memory, gpus, gpuType, features, leaf, partitions }) =>
      namesOf(names).map((name) => ({
        name,
        vcpus: cores,
        memoryMiB: memoryForJobs(mebibytes(memory)),
        gpus,
        leaf: leaf ?? null,
        ...(gpuType === undefined ? {} : { gpuType }),
        ...(features === undefined ? {} : { features }),
        ...(partitions === undefined ? {} : { partitions }),
      })),
  );
  expanded.set(list, nodes);
  return nodes;
}

function namesOf(names: string): string[] {
  try {
    return expandNames(names);
  } catch (error) {
    if (error instanceof HostlistError) return [];
    throw error;
  }
}

/** Those of the domain with this place, from 0, among so many. */
export function listedNodes(list: ListedNodes, place: number, domains: number): ListedNode[] {
  const all = allListed(list);
  const before = (domain: number) => Math.floor((domain * all.length) / domains);
  return all.slice(before(place), before(place + 1));
}

/** Nodes whose domains are alike except for their names, as one entry of a list. */
export function asList(
  nodes: readonly (Omit<ListedNodes["nodes"][number], "names"> & { readonly name: string })[],
): ListedNodes["nodes"] {
  const groups = new Map<
    string,
    { names: string[]; shape: Omit<ListedNodes["nodes"][number], "names"> }
  >();
  let before = "";
  let run = 0;
  for (const { name, ...shape } of nodes) {
    const key = JSON.stringify(shape);
    // The order of the nodes is kept: a shape that comes again later is another entry.
    if (key !== before) run += 1;
    before = key;
    const group = groups.get(`${run}`);
    if (group === undefined) groups.set(`${run}`, { names: [name], shape });
    else group.names.push(name);
  }
  return [...groups.values()].map(({ names, shape }) => ({
    names: compressNames(names),
    ...shape,
  }));
}
