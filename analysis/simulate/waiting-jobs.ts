import type { JobColumns } from "./job";

const none = Number.POSITIVE_INFINITY;

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
    const empty = () => new Float64Array(2 * leaves).fill(none);
    return new WaitingJobs(jobs, empty(), empty());
  }

  copy(): WaitingJobs {
    return new WaitingJobs(this.jobs, this.smallest.slice(), this.shortest.slice());
  }

  add(job: number): void {
    const size = this.jobs.size[job] ?? 0;
    const estimate = this.jobs.estimate[job] ?? 0;
    // Up to the node whose minima are less already.
    for (let node = this.leaves + job; node >= 1; node >>= 1) {
      const smaller = size < (this.smallest[node] ?? 0);
      const shorter = estimate < (this.shortest[node] ?? 0);
      if (smaller) this.smallest[node] = size;
      if (shorter) this.shortest[node] = estimate;
      if (!smaller && !shorter) return;
    }
  }

  remove(job: number): void {
    let node = this.leaves + job;
    this.smallest[node] = none;
    this.shortest[node] = none;
    for (node >>= 1; node >= 1; node >>= 1) {
      const left = 2 * node;
      const size = Math.min(this.smallest[left] ?? none, this.smallest[left + 1] ?? none);
      const estimate = Math.min(this.shortest[left] ?? none, this.shortest[left + 1] ?? none);
      if (size === this.smallest[node] && estimate === this.shortest[node]) return;
      this.smallest[node] = size;
      this.shortest[node] = estimate;
    }
  }

  /** Infinity when none waits. */
  smallestSize(): number {
    return this.smallest[1] ?? none;
  }

  /** The first waiting job at or after the place `from`; null when there is none. */
  next(from: number): number | null {
    return this.nextFitting(from, Number.MAX_VALUE, Number.MAX_VALUE, 0, 0);
  }

  /**
   * The first at or after `from` that fits into `free` processors, and either into `spare` ones or
   * into the time from `now` to `shadow`.
   */
  nextFitting(
    from: number,
    free: number,
    spare: number,
    now: number,
    shadow: number,
  ): number | null {
    if (from >= this.leaves) return null;
    let node = this.leaves + from;
    for (;;) {
      // Exact for one job; above that, the smallest and the shortest may be different jobs.
      const size = this.smallest[node] ?? none;
      const mayFit = size <= free && (size <= spare || now + (this.shortest[node] ?? 0) <= shadow);
      if (mayFit && node >= this.leaves) return node - this.leaves;
      if (mayFit) {
        node *= 2;
        continue;
      }
      // On to the next subtree to the right.
      while ((node & 1) === 1) node >>= 1;
      if (node === 0) return null;
      node += 1;
    }
  }
}
