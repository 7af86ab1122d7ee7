import { isDeepStrictEqual } from "node:util";
import {
  keyOf,
  type Recorded,
  type RunEnd,
  runKey,
  type Workspace,
} from "../../../campaigns/drive/workspace";
import type {
  CampaignCluster,
  CampaignPlan,
  PlannedRun,
  Tuple,
} from "../../../campaigns/plan/types";
import { planCluster } from "../../../infra/plan";
import { parseSpec } from "../../../spec/parse";

export interface WorldRun {
  readonly key: string;
  readonly status: "completed" | "failed" | "interrupted";
}

/** What outlives a driver: stacks, records, and a run that goes on without it. */
export class World {
  readonly stacks = new Set<string>();
  /** Stack → the policy that it is up with. */
  readonly built = new Map<string, unknown>();
  /** Ups, of which the first of a stack builds it. */
  readonly ups: string[] = [];
  building = 0;
  /** Clusters that were being built when a run began, for each run. */
  readonly builtBeside: number[] = [];
  readonly records: WorldRun[] = [];
  /** By stack; not recorded yet. */
  readonly going = new Map<string, WorldRun>();
  /** What must never happen. */
  readonly violations: string[] = [];
  /** Keys of runs that fail, and how often before they complete. */
  readonly failures: Map<string, number>;
  /** Stacks that cannot be built, and how often. */
  readonly unbuildable: Map<string, number>;
  /** Keys of runs whose runner is killed, and how often; the run itself may have ended by then. */
  readonly killedRunners = new Map<string, number>();
  most = 0;

  constructor(
    failures: ReadonlyMap<string, number> = new Map(),
    unbuildable: ReadonlyMap<string, number> = new Map(),
  ) {
    this.failures = new Map(failures);
    this.unbuildable = new Map(unbuildable);
  }

  /** How the next try of this run ends. */
  fate(run: PlannedRun): WorldRun["status"] {
    return takeOne(this.failures, keyOf(run)) ? "failed" : "completed";
  }

  completed(key: string): number {
    return this.records.filter((run) => run.key === key && run.status === "completed").length;
  }
}

function takeOne(left: Map<string, number>, key: string): boolean {
  const count = left.get(key) ?? 0;
  if (count > 0) left.set(key, count - 1);
  return count > 0;
}

/** The driver's process was killed: nothing that it does has an effect any more. */
class Killed extends Error {}

/** A driver's hold on the world, which is killed at a step, or interrupted by a person. */
export class FakeWorkspace implements Workspace {
  readonly #world: World;
  readonly #onStep: (step: number) => void;
  readonly #killAt: number;
  /** What is going on when the driver is killed goes on without it, or is killed with it. */
  readonly #orphansLive: boolean;
  #step = 0;

  constructor(
    world: World,
    {
      killAt = Number.POSITIVE_INFINITY,
      orphansLive = true,
      onStep = () => {},
    }: { killAt?: number; orphansLive?: boolean; onStep?: (step: number) => void } = {},
  ) {
    this.#world = world;
    this.#killAt = killAt;
    this.#orphansLive = orphansLive;
    this.#onStep = onStep;
  }

  /** Other clusters get their turn; then this may be the driver's last moment. */
  async #pass(): Promise<void> {
    await Promise.resolve();
    this.#step += 1;
    if (this.#step >= this.#killAt) throw new Killed("killed");
    this.#onStep(this.#step);
  }

  async recorded(): Promise<ReadonlyMap<string, Recorded>> {
    await this.#pass();
    const map = new Map<string, Recorded>();
    for (const { key, status } of this.#world.records) {
      const { completed, failed } = map.get(key) ?? { completed: false, failed: 0 };
      map.set(key, {
        completed: completed || status === "completed",
        failed: failed + (status === "failed" ? 1 : 0),
        seconds: null,
      });
    }
    return map;
  }

  async stacks(): Promise<readonly string[]> {
    await this.#pass();
    return [...this.#world.stacks];
  }

  async settle(stack: string, stop: AbortSignal): Promise<void> {
    await this.#pass();
    stop.throwIfAborted();
    const going = this.#world.going.get(stack);
    if (going !== undefined) this.#world.records.push(going);
    this.#world.going.delete(stack);
    await this.#pass();
  }

  async up({ stack }: CampaignCluster, { spec }: Tuple): Promise<void> {
    await this.#pass();
    const { stacks, built, going, violations, ups } = this.#world;
    if (going.has(stack)) violations.push(`${stack} was built again under a run`);
    const change = built.has(stack);
    ups.push(stack);
    stacks.add(stack);
    this.#world.most = Math.max(this.#world.most, stacks.size);
    if (!change) this.#world.building += 1;
    try {
      await this.#pass();
      if (takeOne(this.#world.unbuildable, stack)) throw new Error("no memory");
      built.set(stack, spec.scheduler);
      await this.#pass();
    } finally {
      if (!change) this.#world.building -= 1;
    }
  }

  async run(run: PlannedRun, stop: AbortSignal): Promise<RunEnd> {
    const { built, going, records, violations } = this.#world;
    const { stack } = run;
    this.#world.builtBeside.push(this.#world.building);
    await this.#pass();
    if (!built.has(stack)) violations.push(`a run on ${stack}, which is not up`);
    else if (!isDeepStrictEqual(built.get(stack), run.tuple.spec.scheduler)) {
      violations.push(`a run on ${stack}, which is up with another policy`);
    }
    if (going.has(stack)) return { kind: "unknown", reason: "the cluster is in use" };
    const fate = this.#world.fate(run);
    const key = keyOf(run);
    // Seen by a later driver, if this one is killed from here on.
    going.set(stack, { key, status: this.#orphansLive ? fate : "interrupted" });
    await this.#pass();
    if (takeOne(this.#world.killedRunners, key)) return { kind: "unknown", reason: "killed" };
    const status = stop.aborted ? "interrupted" : fate;
    going.delete(stack);
    records.push({ key, status });
    await this.#pass();
    return { kind: "ended", status, reason: status === "completed" ? null : "why", seconds: 1 };
  }

  async down(stack: string): Promise<void> {
    await this.#pass();
    if (this.#world.going.has(stack)) {
      this.#world.violations.push(`${stack} was taken down under a run`);
    }
    this.#world.built.delete(stack);
    await this.#pass();
    this.#world.stacks.delete(stack);
    await this.#pass();
  }
}

/** Tuples have these in turn. */
const specs = ["backfill", "builtin"].map((type) =>
  parseSpec({ scheduler: { policy: { sched: { type } } } }),
);
const [spec] = specs as [(typeof specs)[number]];

export interface Shape {
  /** Tuples of each cluster. */
  readonly clusters: readonly number[];
  readonly repeats: number;
  /** Whether every second tuple of a cluster has another policy. */
  readonly policies?: boolean;
}

/** A plan of this shape; positions run through the blocks, in the order of the tuples. */
export function planOf(
  { clusters, repeats, policies = false }: Shape,
  change: Partial<CampaignPlan> = {},
): CampaignPlan {
  const planned = clusters.map((count, at): CampaignCluster => {
    const stack = `study-${String(at).padStart(8, "0")}`;
    const tuples = Array.from({ length: count }, (_, index): Tuple => {
      const name = `${at}.${index}`;
      const workload = { jobs: 1, seconds: 10, notes: [] };
      const own = policies ? (specs[index % specs.length] ?? spec) : spec;
      return { spec: own, hash: name, axes: { seed: name }, label: name, workload };
    });
    const cluster = planCluster(spec, { stack });
    return { stack, hash: String(at), cidr: `10.253.${at}.0/24`, plan: cluster, tuples };
  });
  const blocks = Array.from({ length: repeats }, (_, block) =>
    planned.flatMap(({ stack, tuples }) =>
      tuples.map((tuple) => ({ tuple, stack, repeat: block + 1 })),
    ),
  );
  return {
    name: "study",
    tuples: planned.flatMap(({ tuples }) => tuples),
    clusters: planned,
    runs: blocks.flat().map((run, index) => ({ ...run, position: index + 1 })),
    repeats,
    orderSeed: 1,
    clustersAtOnce: 1,
    budget: { seconds: null, runs: null },
    retryFailed: 1,
    keep: false,
    store: "results/schedlab.duckdb",
    ...change,
  };
}

/** Every key of the plan's runs. */
export function keysOf(plan: CampaignPlan): string[] {
  return plan.tuples.flatMap(({ hash }) =>
    Array.from({ length: plan.repeats }, (_, index) => runKey(hash, index + 1)),
  );
}
