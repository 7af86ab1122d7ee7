import type { JobColumns } from "./job";

/** Room that a backfilled job may take without delaying the head of the queue. */
export interface Hole {
  readonly now: number;
  /** When the head of the queue is to start. */
  readonly shadow: number;
  /** Processors free until then, and those that stay free beyond it. */
  readonly free: number;
  readonly spare: number;
}

const everything: Hole = {
  now: 0,
  shadow: 0,
  free: Number.MAX_VALUE,
  spare: Number.MAX_VALUE,
};

/**
 * The waiting jobs in queue order, as a binary tree over all jobs: each node holds the smallest size
 * and the shortest estimate below it, so that the next job that fits is found without a scan.
 */
export class WaitingJobs {
  /** Of the last level; a power of two. The root is node 1, the children of n are 2n and 2n + 1. */
  private readonly leaves: number;

  private constructor(
    private readonly jobs: JobColumns,
    private readonly smallest: Float64Array,
    private readonly shortest: Float64Array,
  ) {
    this.leaves = smallest.length / 2;
  }

  static none(jobs: JobColumns): WaitingJobs {
    let leaves = 1;
    while (leaves < jobs.count) leaves *= 2;
    const empty = () => new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY);
    return new WaitingJobs(jobs, empty(), empty());
  }

  copy(): WaitingJobs {
    return new WaitingJobs(this.jobs, this.smallest.slice(), this.shortest.slice());
  }

  add(job: number): void {
    this.set(job, this.jobs.size[job] ?? 0, this.jobs.estimate[job] ?? 0);
  }

  remove(job: number): void {
    this.set(job, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** The first waiting job at or after the place `from`; null when there is none. */
  first(from: number): number | null {
    return this.firstFitting(from, everything);
  }

  /** The first at or after `from` that fits into the hole. */
  firstFitting(from: number, hole: Hole): number | null {
    return this.search(1, 0, this.leaves, from, hole);
  }

  /** Node `node` covers the jobs from `low` up to, without it, `high`. */
  private search(node: number, low: number, high: number, from: number, hole: Hole): number | null {
    if (high <= from || !this.mayFit(node, hole)) return null;
    if (node >= this.leaves) return low;
    const middle = (low + high) / 2;
    return (
      this.search(2 * node, low, middle, from, hole) ??
      this.search(2 * node + 1, middle, high, from, hole)
    );
  }

  /** Exact for one job; above that, the smallest and the shortest may be different jobs. */
  private mayFit(node: number, { now, shadow, free, spare }: Hole): boolean {
    const size = this.smallest[node] ?? Number.POSITIVE_INFINITY;
    if (size > free) return false;
    return size <= spare || now + (this.shortest[node] ?? 0) <= shadow;
  }

  private set(job: number, size: number, estimate: number): void {
    let node = this.leaves + job;
    this.smallest[node] = size;
    this.shortest[node] = estimate;
    for (node >>= 1; node >= 1; node >>= 1) {
      this.smallest[node] = lesser(this.smallest, 2 * node);
      this.shortest[node] = lesser(this.shortest, 2 * node);
    }
  }
}

function lesser(values: Float64Array, left: number): number {
  return Math.min(
    values[left] ?? Number.POSITIVE_INFINITY,
    values[left + 1] ?? Number.POSITIVE_INFINITY,
  );
}
