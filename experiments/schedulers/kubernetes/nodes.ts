import { type ClusterNode, readiness } from "./objects";

/** Nodes that cannot run jobs, with what the API server says of them. */
export function unusableNodes(
  nodes: readonly ClusterNode[],
  expected: readonly string[],
): { name: string; state: string }[] {
  const known = new Map(nodes.map((node) => [node.metadata.name, node]));
  return expected.flatMap((name) => {
    const state = stateOf(known.get(name));
    return state === null ? [] : [{ name, state }];
  });
}

function stateOf(node: ClusterNode | undefined): string | null {
  if (node === undefined) return "unknown to the API server";
  if (node.spec.unschedulable === true) return "cordoned";
  const ready = readiness(node);
  if (ready?.status === "True") return null;
  return `not ready${ready?.message === undefined ? "" : ` (${ready.message})`}`;
}
