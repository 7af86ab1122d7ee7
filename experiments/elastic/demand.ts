import type { BookChange } from "../run/book-entry";

/** Cores that the jobs of one pool want. */
export interface PoolDemand {
  readonly queuedCores: number;
  readonly runningCores: number;
}

interface Share {
  readonly pool: string;
  readonly kind: "queuedCores" | "runningCores";
  readonly cores: number;
}

/**
 * What the jobs that the scheduler has accepted want of each pool, kept up to date with every change of a
 * job. A job's pool is its partition; one of a partition that spans pools counts for the default one.
 */
export class Demand {
  readonly #shares = new Map<number, Share>();
  readonly #sums: ReadonlyMap<string, { queuedCores: number; runningCores: number }>;
  readonly #defaultPool: string;

  /** The default pool comes first. */
  constructor(pools: readonly string[]) {
    this.#defaultPool = pools[0] ?? "";
    this.#sums = new Map(pools.map((pool) => [pool, { queuedCores: 0, runningCores: 0 }]));
  }

  of(pool: string): PoolDemand {
    return { queuedCores: 0, runningCores: 0, ...this.#sums.get(pool) };
  }

  /** @returns the pool whose demand has changed by this, if any. */
  change(change: BookChange): string | null {
    const { job } = change.record;
    const before = this.#shares.get(job);
    const after = this.#share(change);
    if (before?.kind === after?.kind) return null;
    this.#add(before, -1);
    this.#add(after, 1);
    if (after === undefined) this.#shares.delete(job);
    else this.#shares.set(job, after);
    return after?.pool ?? before?.pool ?? null;
  }

  #share({ record, final, putBack }: BookChange): Share | undefined {
    const { planned, schedulerJob, start, end } = record;
    if (final || schedulerJob === null) return undefined;
    const { partition, cores } = planned;
    const pool =
      partition !== undefined && this.#sums.has(partition) ? partition : this.#defaultPool;
    if (putBack || (start === null && end === null)) return { pool, kind: "queuedCores", cores };
    // Its end is known to its wrapper before the scheduler has said so.
    return end === null ? { pool, kind: "runningCores", cores } : undefined;
  }

  #add(share: Share | undefined, sign: 1 | -1): void {
    const sum = share && this.#sums.get(share.pool);
    if (share !== undefined && sum !== undefined) sum[share.kind] += sign * share.cores;
  }
}
