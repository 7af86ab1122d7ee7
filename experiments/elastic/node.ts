import type { NodeView } from "../schedulers/adapter";
import type { PolicyNode } from "./pressure";

/** How the scheduler saw a node, and when: milliseconds on the controller's clock. */
export interface Sight extends Pick<NodeView, "state" | "jobs"> {
  readonly at: number;
  readonly resolutionMs: number;
}

/** No job can run on it. */
export function isGone({ state }: Pick<NodeView, "state">): boolean {
  return state === "down" || state === "absent";
}

interface Waiter {
  readonly test: (sight: Sight) => boolean;
  readonly resolve: (sight: Sight) => void;
}

/**
 * A node of an elastic pool: away → joining → here → leaving → away. One that is not schedulable in time
 * is given up, one that goes away of itself is lost; both are leaving until nothing of them is left, and
 * then may not be called for a while.
 */
export class ElasticNode {
  phase: PolicyNode["phase"] = "here";
  blockedUntil: number | null = null;
  #sight: Sight | null = null;
  #stateSince: Sight | null = null;
  #idleSince: number | null = null;
  readonly #waiters = new Set<Waiter>();

  constructor(
    readonly name: string,
    readonly cores: number,
  ) {}

  /** The first look that found it as it is; null before the first of all. */
  get stateSince(): Sight | null {
    return this.#stateSince;
  }

  /** The first look that found it gone; null while it is there. */
  get goneSince(): Sight | null {
    return this.#stateSince !== null && isGone(this.#stateSince) ? this.#stateSince : null;
  }

  /** @returns whether this look differs from the one before. */
  seen(sight: Sight): boolean {
    const before = this.#sight;
    this.#sight = sight;
    if (before?.state !== sight.state) this.#stateSince = sight;
    const idle = sight.state === "schedulable" && sight.jobs === 0;
    this.#idleSince = idle ? (this.#idleSince ?? sight.at) : null;
    for (const waiter of this.#waiters) {
      if (!waiter.test(sight)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(sight);
    }
    return before?.state !== sight.state || before.jobs !== sight.jobs;
  }

  /** The first look, beginning with the last one, that passes the test. @throws the signal's reason. */
  until(test: (sight: Sight) => boolean, signal: AbortSignal): Promise<Sight> {
    const sight = this.#sight;
    if (sight !== null && test(sight) && !signal.aborted) return Promise.resolve(sight);
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        test,
        resolve: (passed) => {
          signal.removeEventListener("abort", stop);
          resolve(passed);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** Of a node that no decision lets go. */
  #presence(): PolicyNode["phase"] {
    // One that is gone may be back in a moment, or be lost: until then no other takes its place.
    if (this.goneSince !== null) return "joining";
    // The scheduler or a person lets nothing begin on it, so that it is no supply.
    return this.#sight?.state === "draining" ? "leaving" : "here";
  }

  policyNode(): PolicyNode {
    const { name, cores, phase, blockedUntil } = this;
    const here = phase === "here";
    return {
      name,
      cores,
      phase: here ? this.#presence() : phase,
      jobs: this.#sight?.jobs ?? 0,
      idleSince: here ? this.#idleSince : null,
      blockedUntil,
    };
  }
}
