import type { Provisioner } from "../../../experiments/elastic/provisioner";
import { RemoteError } from "../../../experiments/remote/executor";
import type { Membership, NodesSeen, NodeView } from "../../../experiments/schedulers/adapter";

/** A scheduler of nodes of two cores whose acts work at once, and which tells of each change. */
export class FakeMembership implements Membership {
  readonly acts: string[] = [];
  /** Called before each act; it may throw. */
  before: (act: string, node: string) => void = () => {};
  /** Nodes that never become schedulable. */
  readonly deaf = new Set<string>();
  /** Nodes that are as they were after a drain. */
  readonly deafToDrain = new Set<string>();
  /** What a node's join waits for, after which it has done nothing. */
  readonly slow = new Map<string, Promise<unknown>>();
  readonly #views: Map<string, NodeView>;
  readonly #watchers = new Set<(seen: NodesSeen) => void>();

  constructor(names: readonly string[]) {
    this.#views = new Map(
      names.map((name) => [name, { name, state: "schedulable", cores: 2, jobs: 0 }]),
    );
  }

  /** The scheduler sees a node otherwise. */
  set(name: string, change: Partial<NodeView>): void {
    const view = this.#views.get(name);
    if (view === undefined) throw new Error(`no node ${name}`);
    this.#views.set(name, { ...view, ...change });
    const seen = this.#seen();
    for (const watcher of this.#watchers) watcher(seen);
  }

  state(name: string): NodeView["state"] | undefined {
    return this.#views.get(name)?.state;
  }

  async nodes(): Promise<NodesSeen> {
    return this.#seen();
  }

  async watch(seen: (nodes: NodesSeen) => void): Promise<{ close(): void }> {
    this.#watchers.add(seen);
    seen(this.#seen());
    return { close: () => this.#watchers.delete(seen) };
  }

  async join(node: string): Promise<void> {
    this.#act("join", node);
    const slow = this.slow.get(node);
    if (slow !== undefined) await slow;
    else if (!this.deaf.has(node)) this.set(node, { state: "schedulable" });
  }

  async drain(node: string, jobs: "finish" | "requeue"): Promise<void> {
    this.#act(`drain ${jobs}`, node);
    if (this.deafToDrain.has(node)) return;
    this.set(node, { state: "draining", ...(jobs === "requeue" ? { jobs: 0 } : {}) });
  }

  async leave(node: string): Promise<void> {
    this.#act("leave", node);
    this.set(node, { state: "down", jobs: 0 });
  }

  #act(act: string, node: string): void {
    this.before(act, node);
    this.acts.push(`${act} ${node}`);
  }

  #seen(): NodesSeen {
    return { at: Date.now(), resolutionMs: 1, nodes: [...this.#views.values()] };
  }
}

export class FakeProvisioner implements Provisioner {
  readonly acts: string[] = [];
  readonly dead = new Set<string>();
  /** Nodes that do not come up while anybody waits. */
  readonly stuck = new Set<string>();

  async start(node: string, signal: AbortSignal): Promise<void> {
    this.acts.push(`start ${node}`);
    if (!this.stuck.has(node)) return;
    await new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  async stop(node: string): Promise<void> {
    this.acts.push(`stop ${node}`);
  }

  async answers(node: string): Promise<boolean> {
    return !this.dead.has(node);
  }
}

export function unreachable(host: string): RemoteError {
  return new RemoteError("no SSH connection", { host, step: "test", command: "" });
}
