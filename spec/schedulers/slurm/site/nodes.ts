import { asList, type ListedNodes, nodeNamePattern } from "../../../emulated-list";
import { domainNamePattern } from "../../../emulated-list-checks";
import { expandNames, HostlistError } from "../../../hostlist";
import { traitPattern } from "../../../node-traits";
import type { SiteProblem } from "../../site-problem";
import { listOf, type SiteRecord } from "./conf";
import { type Gres, gpusOf, gresOf } from "./gres";
import { expandedOr, partitionMembers } from "./members";
import type { SlurmSite } from "./site";

/** A node of the site. */
export interface SiteNode {
  readonly theirs: string;
  /** The same wherever it can be. */
  readonly name: string;
  readonly record: SiteRecord;
  readonly cpus: number;
  /** That jobs may have, in MiB. */
  readonly memoryMiB: number;
  readonly gres: readonly Gres[];
  readonly gpus: number;
  readonly partitions: readonly string[];
  /** Leaf switch or block of topology.conf, from 0; null where there is none. */
  readonly leaf: number | null;
}

export interface SiteNodes {
  /** In the order of the file; without those that are in no partition or do not exist yet. */
  readonly nodes: readonly SiteNode[];
  /** Names that stand for others, and nodes that are not there, each with the reason. */
  readonly leftOut: readonly { readonly names: readonly string[]; readonly reason: string }[];
  /** With nodes, the default one first. */
  readonly partitions: readonly string[];
  /** Nodes of each partition, in our names. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Our name for theirs. */
  readonly names: ReadonlyMap<string, string>;
  readonly problems: readonly SiteProblem[];
}

/** As many cores as one node may have here. */
const mostCores = 1024;
const mostGpus = 16;
const leastMemoryMiB = 1;

/** The site's nodes in their true number and shape. Never throws. */
export function siteNodes(site: SlurmSite): SiteNodes {
  const problems: SiteProblem[] = [];
  const { conf } = site;
  const records = conf.nodes.flatMap((record) =>
    expandedOr(record.name, []).map((theirs) => ({ theirs, record })),
  );
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { theirs, record } of records) {
    const name = ourName(theirs);
    const { file, line } = record;
    const message = names.has(theirs)
      ? "is there twice"
      : `would be called ${name}, as another node is`;
    if (taken.has(name))
      problems.push({ file, line, key: "NodeName", message: `${theirs} ${message}` });
    taken.add(name);
    names.set(theirs, name);
  }
  const future = new Set(
    records.flatMap(({ theirs, record }) =>
      /future/i.test(record.fields.get("state")?.value ?? "") ? [theirs] : [],
    ),
  );
  const there = new Set(records.flatMap(({ theirs }) => (future.has(theirs) ? [] : [theirs])));
  const { members, order } = partitionMembers(site, there, future, problems);
  const partitionsOf = new Map<string, string[]>();
  for (const partition of order) {
    for (const theirs of members.get(partition) ?? []) {
      const known = partitionsOf.get(theirs);
      if (known === undefined) partitionsOf.set(theirs, [partition]);
      else known.push(partition);
    }
  }
  const leaves = leavesOf(site, problems);
  const shapes = new Map(conf.nodes.map((record) => [record, shapeOf(record, problems)]));
  const nodes = records.flatMap(({ theirs, record }): SiteNode[] => {
    const partitions = partitionsOf.get(theirs);
    const shape = shapes.get(record);
    if (future.has(theirs) || partitions === undefined || shape === undefined) return [];
    const name = names.get(theirs) ?? theirs;
    return [{ theirs, name, record, ...shape, partitions, leaf: leaves.get(theirs) ?? null }];
  });
  if (nodes.length === 0) {
    const message = "expected nodes that are in a partition";
    problems.push({ file: "slurm.conf", line: 0, key: "NodeName", message });
  }
  const lonely = records.flatMap(({ theirs }) =>
    there.has(theirs) && !partitionsOf.has(theirs) ? [theirs] : [],
  );
  return {
    nodes,
    leftOut: [
      ...(future.size > 0 ? [{ names: [...future], reason: "their state is FUTURE" }] : []),
      ...(lonely.length > 0 ? [{ names: lonely, reason: "they are in no partition" }] : []),
    ],
    partitions: order.filter((name) => (members.get(name) ?? []).length > 0),
    members: new Map(
      [...members].map(([name, all]) => [name, all.map((theirs) => names.get(theirs) ?? theirs)]),
    ),
    names,
    problems,
  };
}

/** The nodes as a topology has them. */
export function listOfNodes({ nodes, partitions }: SiteNodes): ListedNodes {
  return {
    from: "list",
    nodes: asList(
      nodes.map(({ name, cpus, memoryMiB, gpus, leaf, partitions: own, ...node }) => ({
        name,
        cores: cpus,
        memory: `${memoryMiB}MiB`,
        gpus,
        ...traitsOf(node),
        partitions: [...own],
        ...(leaf === null ? {} : { leaf }),
      })),
    ),
    partitions: [...partitions],
  };
}

/** What jobs may ask for by a name that every scheduler takes. GPUs of several types have none in common. */
function traitsOf({ gres, record }: Pick<SiteNode, "gres" | "record">) {
  const { fields } = record;
  const written = listOf((fields.get("features") ?? fields.get("feature"))?.value);
  const features = written.filter((name) => traitPattern.test(name));
  const types = new Set(gres.flatMap(({ name, type }) => (name === "gpu" ? [type] : [])));
  const [type = ""] = types.size === 1 ? types : [];
  return {
    ...(traitPattern.test(type) ? { gpuType: type } : {}),
    ...(features.length === 0 ? {} : { features }),
  };
}

/** Lower-case letters, digits and -, and not the name of a domain. */
function ourName(theirs: string): string {
  const plain = theirs.replace(/\..*$/, "").toLowerCase().replaceAll("_", "-");
  const name = nodeNamePattern.test(plain) ? plain : plain.replaceAll(/[^a-z0-9]+/g, "");
  return domainNamePattern.test(name) ? `s-${name}` : name;
}

type Shape = Pick<SiteNode, "cpus" | "memoryMiB" | "gres" | "gpus">;

function shapeOf(record: SiteRecord, problems: SiteProblem[]): Shape {
  const { fields, file, line } = record;
  const problem = (key: string, message: string) => problems.push({ file, line, key, message });
  const whole = (key: string, otherwise: number): number => {
    const field = fields.get(key);
    if (field === undefined) return otherwise;
    if (/^\d{1,9}$/.test(field.value) && Number(field.value) > 0) return Number(field.value);
    problem(field.key, `expected a whole number above 0, got ${field.value}`);
    return otherwise;
  };
  const sockets = whole("sockets", whole("socketsperboard", 1) * whole("boards", 1));
  const made = sockets * whole("corespersocket", 1) * whole("threadspercore", 1);
  const cpus = whole("cpus", whole("procs", made));
  if (cpus > mostCores) problem("CPUs", `expected at most ${mostCores}, got ${cpus}`);
  const memoryMiB = whole("realmemory", leastMemoryMiB);
  const reserved = fields.has("memspeclimit") ? whole("memspeclimit", 0) : 0;
  if (reserved >= memoryMiB && fields.has("memspeclimit")) {
    problem("MemSpecLimit", `expected less than RealMemory, ${memoryMiB}, got ${reserved}`);
  }
  const read = gresOf(fields.get("gres")?.value);
  if (read.includes(null)) {
    problem("Gres", `expected name:type:count, got ${fields.get("gres")?.value}`);
  }
  const gres = read.flatMap((one) => one ?? []);
  const gpus = gpusOf(gres);
  if (gpus > mostGpus) problem("Gres", `expected at most ${mostGpus} GPUs of a node, got ${gpus}`);
  return { cpus, memoryMiB: Math.max(leastMemoryMiB, memoryMiB - reserved), gres, gpus };
}

/** The number of the leaf switch, or of the block, that each node is below. */
function leavesOf({ topology }: SlurmSite, problems: SiteProblem[]): Map<string, number> {
  const leaves = new Map<string, number>();
  let leaf = 0;
  for (const { name, fields, file, line } of topology) {
    const nodes = fields.get("nodes");
    if (nodes === undefined) continue;
    try {
      for (const node of expandNames(nodes.value)) leaves.set(node, leaf);
      leaf += 1;
    } catch (error) {
      if (!(error instanceof HostlistError)) throw error;
      problems.push({ file, line, key: nodes.key, message: `of ${name}: ${error.message}` });
    }
  }
  return leaves;
}
