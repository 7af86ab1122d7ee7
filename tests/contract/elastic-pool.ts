import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { nodePower } from "../../experiments/elastic/power";
import type { Power } from "../../experiments/elastic/provisioner";
import { RemoteError } from "../../experiments/remote/executor";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { Membership, NodesSeen, NodeView } from "../../experiments/schedulers/adapter";
import type { Handle } from "../../infra/handle";
import { type SchedulerActs, schedulerActs } from "./acts";
import { Session, type Submitted, sleep, soon } from "./session";

const answerPauseMs = 100;

/** The nodes of a live cluster, all of one elastic pool, as the scheduler's membership tells of them. */
export class ElasticPool {
  #latest: NodesSeen | undefined;
  #watch: { close(): void } | undefined;

  private constructor(
    readonly session: Session,
    readonly acts: SchedulerActs,
    readonly membership: Membership,
    readonly power: Power,
    private readonly ssh: SshExecutor,
  ) {}

  static async open(handle: Handle): Promise<ElasticPool> {
    const ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    const acts = schedulerActs(handle.spec.scheduler.kind, ssh);
    const session = await Session.open(handle, ssh, ["user01"]);
    const { membership } = session.adapter;
    if (membership === undefined) throw new Error("this scheduler's nodes cannot come and go");
    const pool = new ElasticPool(session, acts, membership, nodePower(handle), ssh);
    pool.#watch = await membership.watch(
      (seen) => {
        pool.#latest = seen;
      },
      {
        warning: (message) => session.warnings.push(message),
        failure: (error) => session.failures.push(error.message),
      },
    );
    return pool;
  }

  async close(): Promise<void> {
    this.#watch?.close();
    await this.session.close();
    this.ssh.close();
  }

  get nodes(): string[] {
    const { nodes } = this.session.handle.cluster;
    return nodes.flatMap(({ role, name }) => (role === "compute" ? [name] : []));
  }

  /** What the watch told last. */
  get seen(): NodesSeen {
    if (this.#latest === undefined) throw new Error("the watch has told nothing");
    return this.#latest;
  }

  /** Waits until the watch tells that a node is so. */
  become(node: string, what: string, is: (view: NodeView) => boolean): Promise<NodeView> {
    return this.session.until(
      `${node} to be ${what}, of ${JSON.stringify(this.#latest?.nodes)}`,
      () => this.#latest?.nodes.find((view) => view.name === node && is(view)),
      soon,
    );
  }

  away(node: string): Promise<NodeView> {
    return this.become(node, "away", ({ state }) => state === "absent" || state === "down");
  }

  schedulable(node: string): Promise<NodeView> {
    return this.become(node, "schedulable", ({ state }) => state === "schedulable");
  }

  busy(node: string): Promise<NodeView> {
    return this.become(node, "busy", ({ jobs }) => jobs > 0);
  }

  idle(node: string): Promise<NodeView> {
    return this.become(node, "without jobs", ({ jobs }) => jobs === 0);
  }

  async letGo(node: string): Promise<void> {
    await this.membership.drain(node, "finish");
    await this.idle(node);
    await this.membership.leave(node);
    await this.away(node);
  }

  async takeIn(node: string): Promise<void> {
    await this.membership.join(node);
    await this.schedulable(node);
  }

  /** Runs a job that needs every core and GPU, so that all nodes take jobs. */
  async useAll(): Promise<void> {
    const cores = this.seen.nodes.reduce((sum, view) => sum + view.cores, 0);
    const job = await this.session.submit(sleep(0), { cores, gpus: this.nodes.length });
    const outcome = await this.session.outcome(job, 2 * soon);
    expect(outcome).toMatchObject({ state: "completed", allocatedCores: cores });
    expect(outcome.nodes.toSorted()).toEqual(this.nodes);
  }

  async turnOff(node: string): Promise<void> {
    await this.session.pauseStreams(node);
    this.ssh.disconnect(node);
    await this.power.off(node);
  }

  /** Returns when the node answers. */
  async turnOn(node: string): Promise<void> {
    await this.power.on(node);
    const until = performance.now() + soon;
    for (;;) {
      try {
        await this.ssh.run(node, "true", { step: "look whether it answers", deadlineMs: soon });
        break;
      } catch (error) {
        if (!(error instanceof RemoteError) || performance.now() > until) throw error;
        await delay(answerPauseMs);
      }
    }
    await this.session.resumeStreams(node);
  }

  /** How often the job's wrapper has started. */
  starts({ id }: Submitted): number {
    return this.session.wrapped.filter(({ job, event }) => job === id && event === "start").length;
  }

  /** An attempt of the job has ended, after which it went back to the queue. */
  returned({ id }: Submitted): boolean {
    return this.session.moments.some(
      ({ job, event, former }) => job === id && event === "end" && former === true,
    );
  }

  /** Does something and prints how long it took. */
  async timed(what: string, work: () => Promise<unknown>): Promise<void> {
    const before = performance.now();
    await work();
    const seconds = (performance.now() - before) / 1000;
    console.log(`${this.session.adapter.kind}: ${what}: ${seconds.toFixed(2)} s`);
  }
}
