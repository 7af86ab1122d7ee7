import { messageOf } from "../../base/thrown";
import type { Handle } from "../../infra/handle";
import type { NodeEventName, NodeEventRecord } from "../../store/elastic-record";
import type { JobBook } from "../run/book";
import type { RunDirectory } from "../run/directory";
import { liveCluster } from "../run/live-cluster";
import type { Logger } from "../run/logger";
import type { NodeProgress } from "../run/progress";
import { steadyNow } from "../run/replay";
import { callAfter } from "../run/timer";
import type { LiveCluster, Membership, NodesSeen } from "../schedulers/adapter";
import { type BringBackTimes, bringBack } from "./bring-back";
import { Demand } from "./demand";
import { ElasticNode, type Sight } from "./node";
import { ElasticPool } from "./pool";
import type { Provisioners } from "./provisioning";

/** For the scheduler's first word about its nodes, and for those to leave that are not there at the start. */
const BEGIN_MS = 120_000;
/** For nodes to come back, beyond the deadline that their pool gives them. */
const BACK_MARGIN_MS = 60_000;
/** The harness's clock, in milliseconds. */
const HARNESS_RESOLUTION_MS = 1;

export interface ElasticRunOptions {
  readonly handle: Handle;
  readonly membership: Membership;
  readonly provisioners: Provisioners;
  readonly book: JobBook;
  readonly directory: Pick<RunDirectory, "nodeEvent" | "supply" | "decision">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** The run cannot go on. */
  readonly onFailure: (error: unknown) => void;
  readonly back?: Partial<BringBackTimes>;
}

/**
 * The elastic pools of a cluster during one run. Between runs all nodes are there: `begin` brings each
 * pool to its number at the start, `end` brings all back.
 */
export class ElasticRun {
  readonly #o: ElasticRunOptions;
  readonly #cluster: LiveCluster;
  readonly #demand: Demand;
  readonly #pools: readonly ElasticPool[];
  readonly #nodes: readonly ElasticNode[];
  readonly #over = new AbortController();
  readonly #closers: (() => void)[] = [];
  #beginning: Promise<void> = Promise.resolve();
  #native: { close(): Promise<void> } | undefined;
  #seen: NodesSeen | null = null;
  #supply: number | null = null;
  #state: "new" | "shrinking" | "open" | "over" = "new";

  constructor(options: ElasticRunOptions) {
    this.#o = options;
    this.#cluster = liveCluster(options.handle);
    const { elastic, schedulerNodes } = this.#cluster;
    this.#demand = new Demand(this.#cluster);
    const pools = [...elastic].map(([name, pool]) => ({
      name,
      elastic: pool,
      nodes: schedulerNodes
        .filter((node) => node.pool === name)
        .map((node) => new ElasticNode(node.name, node.vcpus)),
    }));
    this.#nodes = pools.flatMap(({ nodes }) => nodes);
    this.#pools = pools.map(
      (pool) =>
        new ElasticPool({
          ...pool,
          acts: {
            membership: options.membership,
            provisioner: options.provisioners.of(pool.elastic.provisioning),
            leaving: pool.elastic.leaving,
            deadlineMs: pool.elastic.provisioning.deadline * 1000,
            signal: this.#over.signal,
            note: (node, event, detail = null, seen) => this.#note(node, event, detail, seen),
            warn: (message) => options.logger.warn(message),
          },
          demand: () => this.#demand.of(pool.name),
          widest: () => this.#demand.widest(pool.name),
          decided: (record) => options.directory.decision(record),
          failed: options.onFailure,
        }),
    );
  }

  /**
   * Follows the queue and the nodes, has those leave that are not there at the start, and begins to decide.
   * Whatever becomes of it, `end` has to follow.
   */
  begin(): Promise<void> {
    this.#beginning = this.#begin();
    return this.#beginning;
  }

  async #begin(): Promise<void> {
    const { membership, book, onFailure, logger, handle } = this.#o;
    this.#state = "shrinking";
    const forget = callAfter(BEGIN_MS, () => {
      onFailure(new Error(`the pools were not at their start within ${BEGIN_MS / 1000} s`));
    });
    this.#closers.push(forget);
    const observer = { warning: (text: string) => logger.warn(text), failure: onFailure };
    const watch = await membership.watch((seen) => this.#look(seen), observer);
    this.#closers.push(() => watch.close());
    this.#native = await membership.native?.((decision) => {
      for (const pool of this.#pools) pool.wants(decision);
    }, observer);

    const { nodes, pools } = handle.spec.topology;
    const shapes = new Map(Object.entries({ ...pools, nodes }));
    await Promise.all(this.#pools.map((pool) => pool.beginWith(shapes.get(pool.name)?.count ?? 1)));
    if (this.#over.signal.aborted) return;
    forget();
    this.#state = "open";
    for (const { name, phase, goneSince } of this.#nodes) {
      if (phase === "away" && goneSince !== null)
        this.#note(name, "left", "away at the start of the run");
    }
    this.#keepSupply();
    this.#closers.push(
      book.subscribe((change) => {
        const changed = this.#demand.change(change);
        for (const pool of this.#pools) if (changed.includes(pool.name)) pool.changed(steadyNow());
      }),
    );
    for (const pool of this.#pools) pool.open();
  }

  /**
   * Ends all decisions, and brings every node back. Never throws; can be repeated. What could not be done
   * now is left to the next run.
   */
  async end(): Promise<void> {
    if (!(await this.leave())) return;
    const { membership, logger } = this.#o;
    await this.#native?.close().catch((error) => logger.warn(messageOf(error)));
    const deadlines = [...this.#cluster.elastic.values()].map((pool) => pool.provisioning.deadline);
    const left = await bringBack({
      membership,
      provisioner: this.#o.provisioners.back,
      nodes: this.#nodes.map(({ name }) => name),
      deadlineMs: Math.max(...deadlines) * 1000 + BACK_MARGIN_MS,
      report: (line) => logger.info(line),
      times: this.#o.back,
    });
    if (left.length > 0)
      logger.warn(`${left.join(", ")} did not come back; the next run tries again`);
  }

  /**
   * Ends all decisions, and changes no node: another run may have the cluster. Never throws.
   * @returns false when they had ended, or never began.
   */
  async leave(): Promise<boolean> {
    if (this.#state === "new" || this.#state === "over") return false;
    this.#state = "over";
    this.#over.abort(new Error("the run is over"));
    await this.#beginning.catch(() => {});
    await Promise.all(this.#pools.map((pool) => pool.close()));
    for (const close of this.#closers) close();
    return true;
  }

  /** For people who watch; undefined before the nodes are watched. */
  progress(): NodeProgress | undefined {
    if (this.#seen === null) return undefined;
    return {
      schedulable: this.#seen.nodes.filter(({ state }) => state === "schedulable").length,
      total: this.#cluster.schedulerNodes.length,
    };
  }

  #look(seen: NodesSeen): void {
    this.#seen = seen;
    const { at, resolutionMs } = seen;
    const views = new Map(seen.nodes.map((view) => [view.name, view]));
    // Events before the supply that they make, so that nothing is decided in between.
    for (const pool of this.#pools) {
      for (const { name } of this.#nodes) {
        const { state = "absent", jobs = 0 } = views.get(name) ?? {};
        pool.seen(name, { state, jobs, at, resolutionMs });
      }
    }
    this.#keepSupply();
  }

  #keepSupply(): void {
    if (this.#seen === null || this.#state !== "open") return;
    const { nodes, at, resolutionMs } = this.#seen;
    const cores = nodes.reduce(
      (sum, node) => sum + (node.state === "schedulable" ? node.cores : 0),
      0,
    );
    if (cores === this.#supply) return;
    this.#supply = cores;
    this.#o.directory.supply({ at, cores, source: "scheduler", resolutionMs });
  }

  #note(node: string, event: NodeEventName, detail: string | null, seen?: Sight): void {
    if (this.#state !== "open") return;
    const moment: Pick<NodeEventRecord, "at" | "source" | "resolutionMs"> =
      seen === undefined
        ? { at: steadyNow(), source: "harness", resolutionMs: HARNESS_RESOLUTION_MS }
        : { at: seen.at, source: "scheduler", resolutionMs: seen.resolutionMs };
    this.#o.directory.nodeEvent({ node, event, ...moment, detail });
  }
}
