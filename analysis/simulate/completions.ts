/** Running jobs by their true ends: a binary heap, the earliest end first. */
export class Completions {
  private constructor(
    private ends: Float64Array,
    private jobs: Int32Array,
    private count: number,
  ) {}

  static none(): Completions {
    return new Completions(new Float64Array(64), new Int32Array(64), 0);
  }

  copy(): Completions {
    return new Completions(this.ends.slice(), this.jobs.slice(), this.count);
  }

  /** Infinity when nothing runs. */
  next(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : (this.ends[0] ?? 0);
  }

  push(job: number, end: number): void {
    if (this.count === this.ends.length) this.grow();
    const { ends, jobs } = this;
    let at = this.count;
    this.count += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = ends[parent] ?? 0;
      if (above <= end) break;
      ends[at] = above;
      jobs[at] = jobs[parent] ?? 0;
      at = parent;
    }
    ends[at] = end;
    jobs[at] = job;
  }

  /** Removes and returns a job with the earliest end; undefined when nothing runs. */
  pop(): number | undefined {
    if (this.count === 0) return undefined;
    const { ends, jobs } = this;
    const first = jobs[0];
    this.count -= 1;
    const last = this.count;
    const end = ends[last] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && (ends[child + 1] ?? 0) < (ends[child] ?? 0)) child += 1;
      const below = ends[child] ?? 0;
      if (end <= below) break;
      ends[at] = below;
      jobs[at] = jobs[child] ?? 0;
      at = child;
    }
    ends[at] = end;
    jobs[at] = jobs[last] ?? 0;
    return first;
  }

  private grow(): void {
    const ends = new Float64Array(2 * this.ends.length);
    const jobs = new Int32Array(2 * this.jobs.length);
    ends.set(this.ends);
    jobs.set(this.jobs);
    this.ends = ends;
    this.jobs = jobs;
  }
}
