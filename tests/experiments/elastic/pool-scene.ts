import type { PoolDemand } from "../../../experiments/elastic/demand";
import { ElasticNode } from "../../../experiments/elastic/node";
import { ElasticPool } from "../../../experiments/elastic/pool";
import { type Elastic, elasticSchema } from "../../../spec/elastic";
import type { DecisionRecord } from "../../../store/elastic-record";
import { FakeMembership, FakeProvisioner } from "./fake-membership";

export const names = ["n1", "n2", "n3"];

interface Options {
  readonly elastic?: Partial<Elastic>;
  readonly deadlineMs?: number;
}

/** A pool of three nodes, and what it does. */
export class Scene {
  readonly membership = new FakeMembership(names);
  readonly provisioner = new FakeProvisioner();
  readonly decisions: DecisionRecord[] = [];
  readonly events: string[] = [];
  readonly warnings: string[] = [];
  readonly failures: unknown[] = [];
  readonly over = new AbortController();
  readonly pool: ElasticPool;
  #demand: PoolDemand = { queuedCores: 0, runningCores: 0 };

  constructor({ elastic = {}, deadlineMs = 2_000 }: Options = {}) {
    const policy = { kind: "pressure", coolDown: 0.05, idle: 0.1 };
    const parsed = elasticSchema.parse({ min: 1, max: 3, policy, ...elastic });
    this.pool = new ElasticPool({
      name: "nodes",
      elastic: parsed,
      nodes: names.map((name) => new ElasticNode(name, 2)),
      acts: {
        membership: this.membership,
        provisioner: this.provisioner,
        leaving: parsed.leaving,
        deadlineMs,
        signal: this.over.signal,
        note: (node, event) => this.events.push(`${node} ${event}`),
        warn: (message) => this.warnings.push(message),
        times: { retryMs: 20, pulseMs: 20, patienceMs: 500, goneMs: 100 },
      },
      demand: () => this.#demand,
      widest: () => 0,
      decided: (record) => this.decisions.push(record),
      failed: (error) => this.failures.push(error),
      times: { gatherMs: 5, lostAfterMs: 50, backOffMs: 300 },
    });
    this.membership.watch((seen) => {
      for (const { name, ...view } of seen.nodes) this.pool.seen(name, { ...seen, ...view });
    });
  }

  /** At the start of a run with one node. */
  async open(): Promise<this> {
    await this.pool.beginWith(1);
    this.pool.open();
    return this;
  }

  want(queuedCores: number, runningCores = 0): void {
    this.#demand = { queuedCores, runningCores };
    this.pool.changed(Date.now());
  }

  eventsOf(node: string): string[] {
    return this.events.flatMap((line) => {
      const [name, event = ""] = line.split(" ");
      return name === node ? [event] : [];
    });
  }

  async close(): Promise<void> {
    this.over.abort(new Error("the run is over"));
    await this.pool.close();
  }
}
