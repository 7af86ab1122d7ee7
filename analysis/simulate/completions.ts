/** Running jobs by their true ends: a binary heap, the earliest end first. */
export class Completions {
  private constructor(
    private readonly ends: number[],
    private readonly jobs: number[],
  ) {}

  static none(): Completions {
    return new Completions([], []);
  }

  copy(): Completions {
    return new Completions(this.ends.slice(), this.jobs.slice());
  }

  /** Infinity when nothing runs. */
  next(): number {
    return this.ends[0] ?? Number.POSITIVE_INFINITY;
  }

  push(job: number, end: number): void {
    let at = this.ends.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.ends[parent] ?? 0) <= end) break;
      this.place(at, parent);
      at = parent;
    }
    this.ends[at] = end;
    this.jobs[at] = job;
  }

  /** Removes and returns a job with the earliest end; undefined when nothing runs. */
  pop(): number | undefined {
    const first = this.jobs[0];
    const end = this.ends.pop();
    const job = this.jobs.pop();
    if (end === undefined || job === undefined || this.ends.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if ((this.ends[child + 1] ?? Number.POSITIVE_INFINITY) < (this.ends[child] ?? 0)) child += 1;
      if (end <= (this.ends[child] ?? Number.POSITIVE_INFINITY)) break;
      this.place(at, child);
      at = child;
    }
    this.ends[at] = end;
    this.jobs[at] = job;
    return first;
  }

  private place(at: number, from: number): void {
    this.ends[at] = this.ends[from] ?? 0;
    this.jobs[at] = this.jobs[from] ?? 0;
  }
}
