import type { JobColumns } from "./job";
import type { Scheduler } from "./policy";

/** First come, first served: the head of the queue waits until it fits, and all wait behind it. */
export class Fcfs implements Scheduler {
  private head = 0;
  private arrived = 0;

  constructor(
    private readonly jobs: JobColumns,
    private free: number,
  ) {}

  arrive(job: number): void {
    this.arrived = job + 1;
  }

  finish(job: number): void {
    this.free += this.jobs.size[job] ?? 0;
  }

  pass(_now: number, start: (job: number) => void): void {
    for (; this.head < this.arrived; this.head += 1) {
      const size = this.jobs.size[this.head] ?? 0;
      if (size > this.free) return;
      this.free -= size;
      start(this.head);
    }
  }

  wake(): number {
    return Number.POSITIVE_INFINITY;
  }

  copy(): Fcfs {
    const copy = new Fcfs(this.jobs, this.free);
    copy.head = this.head;
    copy.arrived = this.arrived;
    return copy;
  }
}
