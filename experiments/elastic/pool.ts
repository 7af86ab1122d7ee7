import type { Elastic } from "../../spec/elastic";
import type { DecisionRecord } from "../../store/elastic-record";
import { steadyNow } from "../run/replay";
import { callAfter } from "../run/timer";
import type { NativeDecision } from "../schedulers/adapter";
import { type ActContext, type Ending, joinNode, leaveNode, lose } from "./acts";
import type { PoolDemand } from "./demand";
import type { ElasticNode, Sight } from "./node";
import { decide, noMemory, type PolicyMemory, type PoolRules } from "./pressure";

/** Changes that come together, such as the jobs of a burst, are answered together. */
const GATHER_MS = 25;
/** A node that is down for a moment, such as while the controller restarts, is not lost. */
const LOST_AFTER_MS = 5_000;
/** A node that was given up or lost is not called again before. */
const BACK_OFF_MS = 60_000;

export interface PoolTimes {
  readonly gatherMs: number;
  readonly lostAfterMs: number;
  readonly backOffMs: number;
}

export interface PoolOptions {
  readonly name: string;
  readonly elastic: Elastic;
  readonly nodes: readonly ElasticNode[];
  readonly acts: ActContext;
  readonly demand: () => PoolDemand;
  /** Nodes that the widest of its waiting jobs needs at once. */
  readonly widest: () => number;
  readonly decided: (record: DecisionRecord) => void;
  /** Something that no act expects. */
  readonly failed: (error: unknown) => void;
  readonly times?: Partial<PoolTimes>;
}

/**
 * One elastic pool in a run: decides whenever its queue or its nodes have changed, and has its nodes
 * join and leave, each on its own.
 */
export class ElasticPool {
  readonly #o: PoolOptions;
  readonly #times: PoolTimes;
  readonly #nodes: ReadonlyMap<string, ElasticNode>;
  readonly #going = new Set<Promise<void>>();
  readonly #lostTimers = new Map<string, NodeJS.Timeout>();
  /** What the scheduler wants of nodes that are on their way to the contrary. */
  readonly #wanted = new Map<string, NativeDecision>();
  /** What the scheduler has wanted before decisions began. */
  readonly #early: NativeDecision[] = [];
  #memory: PolicyMemory = noMemory;
  #open = false;
  /** The earliest change that has not been answered yet. */
  #causeAt: number | null = null;
  #gather: NodeJS.Timeout | undefined;
  #forgetLook: () => void = () => {};

  constructor(options: PoolOptions) {
    this.#o = options;
    this.#times = {
      gatherMs: GATHER_MS,
      lostAfterMs: LOST_AFTER_MS,
      backOffMs: BACK_OFF_MS,
      ...options.times,
    };
    this.#nodes = new Map(options.nodes.map((node) => [node.name, node]));
  }

  get name(): string {
    return this.#o.name;
  }

  /** Lets the nodes from this one on go, from an idle cluster, without a decision. */
  async beginWith(count: number): Promise<void> {
    const { nodes, acts, elastic } = this.#o;
    const quiet = { ...acts, note: () => {} };
    await Promise.all(
      nodes.slice(count).map(async (node) => {
        node.phase = "leaving";
        const ending = await leaveNode(node, quiet, elastic.policy.kind === "native");
        if (ending !== "stopped") node.phase = "away";
      }),
    );
  }

  /** Decisions begin. */
  open(): void {
    this.#open = true;
    for (const decision of this.#early.splice(0)) this.wants(decision);
    for (const node of this.#nodes.values()) this.#watchLoss(node);
    this.changed(steadyNow());
  }

  /** The queue, or a node, has changed; milliseconds since the epoch. */
  changed(at: number): void {
    if (!this.#open || this.#o.elastic.policy.kind !== "pressure") return;
    this.#causeAt ??= at;
    this.#gather ??= setTimeout(() => this.#decide(), this.#times.gatherMs);
  }

  seen(name: string, sight: Sight): void {
    const node = this.#nodes.get(name);
    if (node === undefined || !node.seen(sight)) return;
    this.#watchLoss(node);
    this.changed(sight.at);
  }

  /** The scheduler's own autoscaling wants this; its nodes need not be ours. */
  wants(decision: NativeDecision): void {
    const { node: name, want, at } = decision;
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    if (!this.#open) {
      this.#early.push(decision);
      return;
    }
    if (node.phase === (want === "join" ? "leaving" : "joining")) this.#wanted.set(name, decision);
    else this.#wanted.delete(name);
    if (want === "join" && node.phase === "away") {
      this.#record(at, [name], []);
      this.#join(node);
    }
    if (want === "leave" && node.phase === "here") {
      this.#record(at, [], [name]);
      this.#leave(node, true);
    }
  }

  /** Decisions end, and acts that can be cut short are, by the context's signal. Waits for all. */
  async close(): Promise<void> {
    this.#open = false;
    clearTimeout(this.#gather);
    this.#forgetLook();
    for (const timer of this.#lostTimers.values()) clearTimeout(timer);
    await Promise.all(this.#going);
  }

  #decide(): void {
    this.#gather = undefined;
    const { elastic, demand, widest, nodes } = this.#o;
    const { policy } = elastic;
    if (!this.#open || policy.kind !== "pressure") return;
    const rules: PoolRules = { ...elastic, policy };
    const at = steadyNow();
    const causeAt = Math.min(this.#causeAt ?? at, at);
    this.#causeAt = null;
    const observation = {
      at,
      ...demand(),
      queuedNodes: widest(),
      nodes: nodes.map((node) => node.policyNode()),
    };
    const { join, leave, memory, lookAgainAt } = decide(rules, observation, this.#memory);
    this.#memory = memory;
    this.#forgetLook();
    if (lookAgainAt !== null) {
      this.#forgetLook = callAfter(lookAgainAt - at, () => {
        this.#causeAt ??= lookAgainAt;
        this.#decide();
      });
    }
    if (join.length + leave.length === 0) return;
    this.#record(causeAt, join, leave);
    for (const name of join) this.#with(name, (node) => this.#join(node));
    for (const name of leave) this.#with(name, (node) => this.#leave(node, false));
  }

  #with(name: string, act: (node: ElasticNode) => void): void {
    const node = this.#nodes.get(name);
    if (node !== undefined) act(node);
  }

  #record(causeAt: number, join: readonly string[], leave: readonly string[]): void {
    const { name, elastic, nodes, demand, decided } = this.#o;
    const cores = (phase: ElasticNode["phase"]) =>
      nodes.reduce((sum, node) => sum + (node.policyNode().phase === phase ? node.cores : 0), 0);
    decided({
      at: steadyNow(),
      pool: name,
      causeAt,
      policy: elastic.policy.kind,
      ...demand(),
      schedulableCores: cores("here"),
      joiningCores: cores("joining"),
      join: [...join],
      leave: [...leave],
    });
  }

  #join(node: ElasticNode): void {
    const { acts, elastic } = this.#o;
    node.phase = "joining";
    acts.note(node.name, "join-decided", elastic.policy.kind);
    const note: ActContext["note"] = (name, event, ...more) => {
      acts.note(name, event, ...more);
      if (event !== "given-up" && event !== "lost") return;
      // Another takes its place now: what was begun with it, and taking it out, may last for minutes.
      node.phase = "leaving";
      this.changed(steadyNow());
    };
    this.#act(node, joinNode(node, { ...acts, note }));
  }

  #leave(node: ElasticNode, decided: boolean): void {
    const { acts, elastic } = this.#o;
    node.phase = "leaving";
    acts.note(node.name, "leave-decided", elastic.policy.kind);
    this.#act(node, leaveNode(node, acts, decided));
  }

  #act(node: ElasticNode, act: Promise<Ending>): void {
    const going = act
      .then((ending) => this.#ended(node, ending))
      .catch(this.#o.failed)
      .finally(() => this.#going.delete(going));
    this.#going.add(going);
  }

  #ended(node: ElasticNode, ending: Ending): void {
    if (ending === "stopped") return;
    node.phase = ending === "here" ? "here" : "away";
    const now = steadyNow();
    if (ending === "given-up" || ending === "lost") node.blockedUntil = now + this.#times.backOffMs;
    this.#watchLoss(node);
    this.changed(now);
    const wanted = this.#wanted.get(node.name);
    if (wanted !== undefined) this.wants(wanted);
  }

  /** A node that is here, and that the scheduler sees gone for long enough, is lost. */
  #watchLoss(node: ElasticNode): void {
    const since = node.phase === "here" && this.#open ? node.goneSince : null;
    // Its time runs on when the scheduler takes the jobs off it.
    if (since !== null && this.#lostTimers.has(node.name)) return;
    clearTimeout(this.#lostTimers.get(node.name));
    this.#lostTimers.delete(node.name);
    if (since === null) return;
    const timer = setTimeout(() => {
      this.#lostTimers.delete(node.name);
      if (node.phase !== "here" || node.goneSince === null) return;
      node.phase = "leaving";
      this.#act(node, lose(node, this.#o.acts, since));
      // Another takes its place now: taking it out may last for minutes.
      this.changed(steadyNow());
    }, this.#times.lostAfterMs);
    this.#lostTimers.set(node.name, timer);
  }
}
