import { knownScheduler } from "../spec/scheduler";
import { specFacts } from "../spec/schedulers/facts";
import { storedJson } from "./stored-json";

/** What a run's nodes were, as a condition: runs on the one kind are never compared with runs on the other. */
export const nodesAre = { real: "real nodes", emulated: "emulated nodes" } as const;

/** By a topology as it is stored (JSON). All pools of a cluster are emulated, or none. */
export function nodesOf(topology: string | null): string {
  const nodes = part(storedJson(topology), "nodes");
  return part(nodes, "emulated") === undefined ? nodesAre.real : nodesAre.emulated;
}

/** By a whole specification as it is stored (JSON). */
export function isEmulated(spec: string | null): boolean {
  const topology = part(storedJson(spec), "topology");
  return topology !== undefined && nodesOf(JSON.stringify(topology)) === nodesAre.emulated;
}

function part(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** The name of something measured on emulated nodes. */
export function emulatedLabel(label: string, emulated: boolean): string {
  return emulated ? `${label} (emulated nodes)` : label;
}

/** What has to be known before reading figures of emulated nodes; `schedulers` are kinds in the store. */
export function emulationText(schedulers: readonly (string | null)[]): string {
  const leftOut = [...new Set(schedulers)].flatMap((kind) => {
    const known = knownScheduler(kind ?? "");
    return known === undefined
      ? []
      : [`Under ${specFacts[known].name}: ${specFacts[known].leavesOutWhenEmulated}.`];
  });
  return [
    "The nodes are emulated: the scheduler is real and knows many nodes, and jobs hold their cores, memory and GPUs without using them.",
    "What a node would do for a job is left out, so that times from the decision to the start, and what jobs do to each other on a node, are not those of real nodes.",
    ...leftOut,
  ].join(" ");
}
