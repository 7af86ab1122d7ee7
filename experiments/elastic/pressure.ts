import type { PressurePolicy } from "../../spec/elastic";

/** A node of an elastic pool as the policy sees it. */
export interface PolicyNode {
  readonly name: string;
  readonly cores: number;
  /** `away`: it can be called. `joining`: called, not there yet. `here`: jobs can begin. `leaving`: let go. */
  readonly phase: "away" | "joining" | "here" | "leaving";
  /** Jobs that are on it. */
  readonly jobs: number;
  /** Since when it has been here without jobs; null while it is not. Milliseconds. */
  readonly idleSince: number | null;
  /** Of a node that was given up: not to be called before. Milliseconds. */
  readonly blockedUntil: number | null;
}

/** What is seen of one pool. All times are milliseconds on one clock. */
export interface PoolObservation {
  readonly at: number;
  /** Of jobs that were accepted and hold nothing yet. */
  readonly queuedCores: number;
  readonly runningCores: number;
  /** Nodes that the widest of the waiting jobs needs at once. */
  readonly queuedNodes: number;
  /** In the order in which nodes are called; they are let go from the end. */
  readonly nodes: readonly PolicyNode[];
}

export interface PoolRules {
  readonly min: number;
  readonly max: number;
  readonly leaving: "finish" | "requeue";
  readonly policy: PressurePolicy;
}

/** What the policy has to know of its own past. */
export interface PolicyMemory {
  /** Times of the last decisions; null before the first. */
  readonly outAt: number | null;
  readonly inAt: number | null;
  /** Since when the demand would have fitted into fewer nodes. */
  readonly surplusSince: number | null;
}

export const noMemory: PolicyMemory = { outAt: null, inAt: null, surplusSince: null };

export interface PolicyDecision {
  readonly join: readonly string[];
  readonly leave: readonly string[];
  readonly memory: PolicyMemory;
  /** When the answer can become another one without anything having changed; null for never. */
  readonly lookAgainAt: number | null;
}

/**
 * Queue pressure with thresholds, cool-down and idle time-out, common to all schedulers. Pressure is the
 * cores that queued and running jobs want, at most those of the whole pool, divided by those of the nodes
 * that are here or joining. Whatever it is, there are as many nodes as the widest waiting job needs. Pure: the same observation and memory have the same answer.
 */
export function decide(
  rules: PoolRules,
  observation: PoolObservation,
  memory: PolicyMemory,
): PolicyDecision {
  const { policy } = rules;
  const { at } = observation;
  const out = growth(rules, observation, memory);
  const surplusSince = spare(rules, observation).length > 0 ? (memory.surplusSince ?? at) : null;
  const known = { ...memory, surplusSince };
  const lookAgain = (times: readonly (number | null)[]) => {
    const later = times.filter((time): time is number => time !== null && time > at);
    return later.length === 0 ? null : Math.min(...later);
  };
  const outFree = after(memory.outAt, policy.coolDown);
  const inFree = after(memory.inAt, policy.coolDown);
  if (out.join.length > 0) {
    return {
      join: out.join,
      leave: [],
      memory: { ...known, outAt: at },
      lookAgainAt: at + Math.max(1, out.below ? 0 : policy.coolDown * 1000),
    };
  }
  const leave = at < inFree ? [] : ripe(rules, observation, known);
  if (leave.length > 0) {
    return {
      join: [],
      leave,
      memory: { ...known, inAt: at },
      lookAgainAt: at + Math.max(1, policy.coolDown * 1000),
    };
  }
  const ripens = observation.nodes.map(({ idleSince }) => after(idleSince, policy.idle));
  return {
    join: [],
    leave: [],
    memory: known,
    lookAgainAt: lookAgain([
      ...(out.wanted ? [outFree, ...out.unblockedAt] : []),
      ...(surplusSince === null ? [] : [inFree, after(surplusSince, policy.idle), ...ripens]),
    ]),
  };
}

/** `seconds` after a time; long ago where there was none. */
function after(time: number | null, seconds: number): number {
  return time === null ? Number.NEGATIVE_INFINITY : time + seconds * 1000;
}

function cores(nodes: readonly PolicyNode[]): number {
  return nodes.reduce((sum, node) => sum + node.cores, 0);
}

function present({ nodes }: PoolObservation): PolicyNode[] {
  return nodes.filter(({ phase }) => phase === "here" || phase === "joining");
}

/** Cores that are wanted, as far as the pool could ever have them. */
function demand({ queuedCores, runningCores, nodes }: PoolObservation): number {
  return Math.min(queuedCores + runningCores, cores(nodes));
}

function pressure(wanted: number, supply: number): number {
  if (wanted === 0) return 0;
  return supply === 0 ? Number.POSITIVE_INFINITY : wanted / supply;
}

/** Nodes below which a waiting job could never begin, as far as the pool may have them. */
function floor({ min, max }: PoolRules, { nodes, queuedNodes }: PoolObservation): number {
  return Math.max(min, Math.min(queuedNodes, max, nodes.length));
}

interface Growth {
  readonly join: readonly string[];
  /** More nodes are wanted, whether there are some or not. */
  readonly wanted: boolean;
  /** There are still too few, and further ones can be called. */
  readonly below: boolean;
  /** When nodes that were given up can be called again. */
  readonly unblockedAt: readonly number[];
}

function growth(rules: PoolRules, observation: PoolObservation, memory: PolicyMemory): Growth {
  const { min, max, policy } = rules;
  const { at, nodes } = observation;
  const there = present(observation);
  const wants = demand(observation);
  const away = nodes.filter(({ phase }) => phase === "away");
  const free = away.filter(({ blockedUntil }) => blockedUntil === null || blockedUntil <= at);
  // Those that are leaving are not there yet, nor gone.
  const room = Math.min(max, nodes.length) - there.length;
  const cool = at >= after(memory.outAt, policy.coolDown);
  const join: string[] = [];
  let supply = cores(there);
  const tooFew = () =>
    there.length + join.length < floor(rules, observation) ||
    pressure(wants, supply) > policy.scaleOutAbove;
  for (const node of free) {
    if (join.length >= Math.min(room, policy.step)) break;
    const below = there.length + join.length < min;
    if (!below && (!cool || !tooFew())) break;
    join.push(node.name);
    supply += node.cores;
  }
  const wanted = room > join.length && tooFew();
  const below = there.length + join.length < min && join.length < Math.min(room, free.length);
  return {
    join,
    wanted,
    below,
    unblockedAt: away.flatMap(({ blockedUntil }) => blockedUntil ?? []),
  };
}

/** Nodes whose going the demand would bear, whatever is on them: from the end, the idle ones first. */
function spare(rules: PoolRules, observation: PoolObservation): PolicyNode[] {
  const { leaving, policy } = rules;
  const there = present(observation);
  const wants = demand(observation);
  const candidates = there
    .filter(({ phase, jobs }) => phase === "here" && (jobs === 0 || leaving === "requeue"))
    .reverse()
    .sort((one, other) => one.jobs - other.jobs);
  const chosen: PolicyNode[] = [];
  let supply = cores(there);
  for (const node of candidates) {
    if (chosen.length >= policy.step || there.length - chosen.length <= floor(rules, observation))
      break;
    if (pressure(wants, supply - node.cores) > policy.scaleInBelow) continue;
    chosen.push(node);
    supply -= node.cores;
  }
  return chosen;
}

/**
 * Spare nodes that have waited long enough: the idle ones since they became idle, those with jobs, which
 * only go where jobs are requeued, since there has been a surplus.
 */
function ripe(
  rules: PoolRules,
  observation: PoolObservation,
  { surplusSince }: PolicyMemory,
): string[] {
  const { at, nodes } = observation;
  const { idle } = rules.policy;
  const waited = ({ jobs, idleSince }: PolicyNode) =>
    at >= (jobs === 0 ? after(idleSince ?? at, idle) : after(surplusSince ?? at, idle));
  const unripe = new Set(nodes.filter((node) => !waited(node)).map(({ name }) => name));
  // A node that must stay for now counts as one that does, and others may go in its place.
  const left = nodes.map((node) =>
    unripe.has(node.name) && node.phase === "here" ? { ...node, phase: "joining" as const } : node,
  );
  return spare(rules, { ...observation, nodes: left }).map(({ name }) => name);
}
