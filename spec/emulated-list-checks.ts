import { allListed, type ListedNodes, nodeNamePattern } from "./emulated-list";
import { expandNames, HostlistError } from "./hostlist";
import { type Problem, show } from "./problems";

/** The domains' own names, which a node may not have: both are in the store. */
export const domainNamePattern = /^(controller|node\d{2})$/;

/** What is wrong in a list of nodes, for so many domains. */
export function listProblems(path: string, list: ListedNodes, domains: number): Problem[] {
  const at = `${path}.emulated`;
  if (list.file !== undefined) {
    return [
      {
        path: `${at}.file`,
        message: "was not read; this version reads it in stack and campaign files",
      },
    ];
  }
  const notation = list.nodes.flatMap(({ names }, index): Problem[] => {
    try {
      expandNames(names);
      return [];
    } catch (error) {
      if (!(error instanceof HostlistError)) throw error;
      return [{ path: `${at}.nodes.${index}.names`, message: error.message }];
    }
  });
  if (notation.length > 0) return notation;
  const all = allListed(list);
  if (all.length < domains) {
    const message = `expected at least ${domains} nodes, one for each of the ${domains} domains of ${path}.count, got ${all.length}`;
    return [{ path: `${at}.nodes`, message }];
  }
  const seen = new Set<string>();
  for (const { name } of all) {
    if (!nodeNamePattern.test(name)) {
      const message = `expected names of lower-case letters, digits and -, got ${show(name)}`;
      return [{ path: `${at}.nodes`, message }];
    }
    if (domainNamePattern.test(name)) {
      const message = `${name} is the name of a domain, choose another`;
      return [{ path: `${at}.nodes`, message }];
    }
    if (seen.has(name)) return [{ path: `${at}.nodes`, message: `${name} is there twice` }];
    seen.add(name);
  }
  return partitionProblems(at, list);
}

function partitionProblems(at: string, list: ListedNodes): Problem[] {
  const { partitions } = list;
  if (partitions === undefined) {
    const index = list.nodes.findIndex((node) => node.partitions !== undefined);
    const message = `expected ${at}.partitions, which lists them all with the default one first`;
    return index < 0 ? [] : [{ path: `${at}.nodes.${index}.partitions`, message }];
  }
  if (partitions.length === 0) {
    return [{ path: `${at}.partitions`, message: "expected at least one partition" }];
  }
  const used = new Set(list.nodes.flatMap((node) => node.partitions ?? partitions));
  const unknown = [...used].find((name) => !partitions.includes(name));
  if (unknown !== undefined) {
    return [{ path: `${at}.partitions`, message: `lacks ${show(unknown)}, which nodes are in` }];
  }
  const empty = partitions.find((name) => !used.has(name));
  if (empty === undefined) return [];
  return [{ path: `${at}.partitions`, message: `no node is in ${show(empty)}` }];
}
