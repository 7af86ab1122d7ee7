import { setTimeout as delay } from "node:timers/promises";
import pLimit from "p-limit";
import { shellQuote } from "../../base/quote";
import type { HandleNode } from "../../infra/handle";
import type { SampleRecord } from "../../store/record";
import { type Channel, type Executor, RemoteError } from "../remote/executor";
import { type Follow, follow } from "../remote/follow";
import { EVENTS_FILE, parseWrapperLine, type WrapperEvent } from "../schedulers/wrapper";
import { parseSample, samplerScript } from "./sampler";

const NODES_AT_ONCE = 8;
const RESAMPLE_PAUSE_MS = 5_000;

export interface StreamOptions {
  /** Of the run, on every node. */
  readonly directory: string;
  readonly sampleSeconds: number;
  /** Whether jobs run the wrapper; absent: they do. */
  readonly wraps?: boolean;
}

export interface StreamHandlers {
  wrapper(event: WrapperEvent): void;
  sample(record: SampleRecord): void;
  warning(message: string): void;
  /** A node's events cannot be read any more. */
  lostNode(node: string, error: Error): void;
  /** One of the handlers threw this: what came in could not be kept. */
  failure(error: Error): void;
}

/** How long the last events of a node that goes down may take to arrive. */
const LAST_WORDS_MS = 5_000;
const LAST_WORDS_LOOK_MS = 50;

/**
 * One stream of wrapper events and one of samples for every node. Events resume without loss; samples
 * that fall into a lost connection, or into the time that a node is away, are missed.
 */
export class NodeStreams {
  readonly #executor: Executor;
  readonly #nodes: ReadonlyMap<string, HandleNode>;
  readonly #options: StreamOptions;
  readonly #handlers: StreamHandlers;
  readonly #follows = new Map<string, Follow>();
  /** Bytes of events that were read of nodes that are away. */
  readonly #offsets = new Map<string, number>();
  readonly #samplers = new Map<string, Channel>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #away = new Set<string>();
  /** CPU time of a node by its last sample, and of its lives before that one. */
  readonly #cpu = new Map<string, { readonly last: number; readonly before: number }>();
  #closed = false;

  private constructor(
    executor: Executor,
    nodes: readonly HandleNode[],
    options: StreamOptions,
    handlers: StreamHandlers,
  ) {
    this.#executor = executor;
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#options = options;
    this.#handlers = handlers;
  }

  /** @throws RemoteError when one of the nodes is out of reach. */
  static async open(
    executor: Executor,
    nodes: readonly HandleNode[],
    options: StreamOptions,
    handlers: StreamHandlers,
  ): Promise<NodeStreams> {
    const streams = new NodeStreams(executor, nodes, options, handlers);
    const limit = pLimit(NODES_AT_ONCE);
    try {
      await Promise.all(nodes.map(({ name }) => limit(() => streams.#open(name))));
    } catch (error) {
      streams.close();
      throw error;
    }
    return streams;
  }

  /** Ends a node's streams once its events so far are read, as far as it still answers. */
  async pause(node: string): Promise<void> {
    if (this.#away.has(node)) return;
    await this.#readAll(node);
    this.#stop(node);
  }

  /** The streams of a node that is back, from where they ended; none when one fails. @throws RemoteError. */
  async resume(node: string): Promise<void> {
    if (!this.#away.has(node)) return;
    try {
      await this.#open(node);
    } catch (error) {
      this.#stop(node);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const events of this.#follows.values()) events.close();
    for (const channel of this.#samplers.values()) channel.close();
  }

  #stop(node: string): void {
    this.#away.add(node);
    const follow = this.#follows.get(node);
    if (follow !== undefined) this.#offsets.set(node, follow.offset());
    follow?.close();
    this.#follows.delete(node);
    clearTimeout(this.#timers.get(node));
    this.#samplers.get(node)?.close();
    this.#samplers.delete(node);
  }

  async #open(node: string): Promise<void> {
    this.#away.delete(node);
    await this.#sample(node);
    const { wraps = true } = this.#options;
    if (wraps && this.#nodes.get(node)?.role !== "controller") await this.#follow(node);
  }

  async #sample(node: string): Promise<void> {
    const { sampleSeconds } = this.#options;
    const command = `bash -c ${shellQuote(samplerScript(sampleSeconds))}`;
    const channel = await this.#executor.open(node, command, {
      step: "sample the node's CPU",
      onLine: (line) => {
        const record = parseSample(node, line);
        if (record !== null && !this.#closed) this.#handlers.sample(this.#continued(record));
      },
    });
    if (this.#closed || this.#away.has(node)) {
      channel.close();
      return;
    }
    this.#samplers.set(node, channel);
    channel.ended.then(({ error }) => {
      if (this.#samplers.get(node) !== channel) return;
      if (error === undefined) this.#sampleAgain(node);
      else if (!this.#closed) this.#handlers.failure(error);
    });
  }

  /** A node's count of CPU time begins anew with each of its boots; as a record it goes on. */
  #continued(record: SampleRecord): SampleRecord {
    const { node, cpuUsageUsec } = record;
    const { last, before } = this.#cpu.get(node) ?? { last: 0, before: 0 };
    const base = cpuUsageUsec < last ? before + last : before;
    this.#cpu.set(node, { last: cpuUsageUsec, before: base });
    return { ...record, cpuUsageUsec: base + cpuUsageUsec };
  }

  #sampleAgain(node: string): void {
    if (this.#closed || this.#away.has(node)) return;
    const timer = setTimeout(() => {
      this.#sample(node).catch(() => this.#sampleAgain(node));
    }, RESAMPLE_PAUSE_MS);
    this.#timers.set(node, timer);
  }

  async #follow(node: string): Promise<void> {
    const { wrapper, warning, lostNode, failure } = this.#handlers;
    const events = await follow(this.#executor, {
      host: node,
      file: this.#eventsFile,
      step: "follow the job wrapper's events",
      offset: this.#offsets.get(node) ?? 0,
      onLine: (line) => {
        const event = parseWrapperLine(line);
        if (event !== null) wrapper(event);
        else warning(`${node}: not a wrapper event: ${line.slice(0, 120)}`);
      },
      onInterruption: (error) => warning(error.message),
      onFailure: (error) => {
        if (error instanceof RemoteError) lostNode(node, error);
        else failure(error);
      },
    });
    if (this.#closed || this.#away.has(node)) events.close();
    else this.#follows.set(node, events);
  }

  get #eventsFile(): string {
    return `${this.#options.directory}/${EVENTS_FILE}`;
  }

  /** Waits until what a node has written is read; gives up on a node that is out of reach. */
  async #readAll(node: string): Promise<void> {
    const follow = this.#follows.get(node);
    if (follow === undefined) return;
    const until = performance.now() + LAST_WORDS_MS;
    try {
      const { stdout } = await this.#executor.run(node, `stat -c %s ${this.#eventsFile}`, {
        step: "find the end of the job wrapper's events",
        deadlineMs: LAST_WORDS_MS,
      });
      const size = Number(stdout);
      while (follow.offset() < size && performance.now() < until) await delay(LAST_WORDS_LOOK_MS);
    } catch {
      // Its last words are read when it is back.
    }
  }
}
