import type { JobColumns } from "./job";

const none = Number.POSITIVE_INFINITY;
const fewestPlaces = 64;

/**
 * The waiting jobs in queue order, each at a place of its own until the next `add`. A binary tree over
 * the places holds the smallest size and the shortest estimate below each node, so that the next job
 * that fits is found without a scan. Places that became free are used again when the tree is full, so
 * that it stays as small as the queue.
 */
export class WaitingJobs {
  private constructor(
    private readonly columns: JobColumns,
    /** Leaves of the tree; a power of two. The root is node 1, the children of n are 2n and 2n + 1. */
    private places: number,
    /** By place. */
    private jobs: Int32Array,
    /** By node: the smallest size at 2n, the shortest estimate at 2n + 1. */
    private least: Float64Array,
    /** Places from here on were not used yet. */
    private used: number,
  ) {}

  static none(columns: JobColumns): WaitingJobs {
    const least = new Float64Array(4 * fewestPlaces).fill(none);
    return new WaitingJobs(columns, fewestPlaces, new Int32Array(fewestPlaces), least, 0);
  }

  copy(): WaitingJobs {
    const { columns, places, jobs, least, used } = this;
    return new WaitingJobs(columns, places, jobs.slice(), least.slice(), used);
  }

  /** Behind all others. */
  add(job: number): void {
    if (this.used === this.places) this.rebuild();
    const { least } = this;
    const size = this.columns.size[job] ?? 0;
    const estimate = this.columns.estimate[job] ?? 0;
    this.jobs[this.used] = job;
    // Up to the node whose minima are less already.
    for (let node = this.places + this.used; node >= 1; node >>= 1) {
      const smaller = size < (least[2 * node] ?? 0);
      const shorter = estimate < (least[2 * node + 1] ?? 0);
      if (smaller) least[2 * node] = size;
      if (shorter) least[2 * node + 1] = estimate;
      if (!smaller && !shorter) break;
    }
    this.used += 1;
  }

  remove(place: number): void {
    const { least } = this;
    let node = this.places + place;
    least[2 * node] = none;
    least[2 * node + 1] = none;
    for (node >>= 1; node >= 1; node >>= 1) {
      const left = 4 * node;
      const size = Math.min(least[left] ?? none, least[left + 2] ?? none);
      const estimate = Math.min(least[left + 1] ?? none, least[left + 3] ?? none);
      if (size === least[2 * node] && estimate === least[2 * node + 1]) return;
      least[2 * node] = size;
      least[2 * node + 1] = estimate;
    }
  }

  job(place: number): number {
    return this.jobs[place] ?? 0;
  }

  /** Infinity when none waits. */
  smallestSize(): number {
    return this.least[2] ?? none;
  }

  /** The first place at or after `from` that holds a job; null when there is none. */
  next(from: number): number | null {
    return this.nextFitting(from, Number.MAX_VALUE, Number.MAX_VALUE, 0, 0);
  }

  /**
   * The first place at or after `from` whose job fits into `free` processors, and either into `spare`
   * ones or, by its estimate, into the time from `now` to `shadow`. Null when there is none.
   */
  nextFitting(
    from: number,
    free: number,
    spare: number,
    now: number,
    shadow: number,
  ): number | null {
    const { places, least } = this;
    if (from >= this.used) return null;
    // Usually there is none at all.
    const smallest = least[2] ?? none;
    const shortest = least[3] ?? none;
    if (smallest > free || (smallest > spare && now + shortest > shadow)) return null;
    let node = places + from;
    for (;;) {
      // Exact for a single job; higher up, the smallest and the shortest may be different jobs.
      const size = least[2 * node] ?? none;
      if (size <= free && (size <= spare || now + (least[2 * node + 1] ?? none) <= shadow)) {
        if (node >= places) return node - places;
        node *= 2;
        continue;
      }
      // Go on to the next subtree to the right.
      while ((node & 1) === 1) node >>= 1;
      if (node === 0) return null;
      node += 1;
    }
  }

  /** Moves the jobs to the first places, at most half of them all. */
  private rebuild(): void {
    const waiting: number[] = [];
    for (let place = this.next(0); place !== null; place = this.next(place + 1)) {
      waiting.push(this.job(place));
    }
    this.places = fewestPlaces;
    while (this.places < 2 * waiting.length) this.places *= 2;
    this.jobs = new Int32Array(this.places);
    this.least = new Float64Array(4 * this.places).fill(none);
    this.used = 0;
    for (const job of waiting) this.add(job);
  }
}
