import type { JobColumns } from "./job";
import type { Scheduler } from "./policy";
import { WaitingJobs } from "./waiting-jobs";

/**
 * EASY (aggressive) backfilling: only the head of the queue has a reservation, at the earliest moment
 * at which the running jobs' estimates promise room for it. A later job may start at once if it does
 * not delay the head: it ends by that moment (by its estimate), or fits beside the head then. Source:
 * Lifka, JSSPP 1995; Mu'alem and Feitelson, IEEE TPDS 12(6), 2001.
 */
export class Easy implements Scheduler {
  /** The first waiting job; null when none waits. */
  private head: number | null = null;
  /**
   * When the head can start by the estimates, and the processors that it leaves free from then on.
   * Computed only when a job asks that would fit now.
   */
  private reserved = false;
  private shadow = 0;
  private spare = 0;
  /** Running jobs with their expected ends and sizes; the one that is expected to end first comes last. */
  private readonly running: Int32Array;
  private readonly expected: Float64Array;
  private readonly held: Int32Array;
  private runs = 0;
  private finished = false;
  /** Arrivals since the last pass: firstNew up to, without it, arrived. */
  private firstNew = 0;
  private arrived = 0;

  constructor(
    private readonly jobs: JobColumns,
    private free: number,
    private readonly waiting = WaitingJobs.none(jobs),
    /** How many jobs can run at once: each holds at least one processor. */
    private readonly most = Math.min(free, jobs.count),
  ) {
    this.running = new Int32Array(most);
    this.expected = new Float64Array(most);
    this.held = new Int32Array(most);
  }

  arrive(job: number): void {
    this.arrived = job + 1;
  }

  finish(job: number): void {
    const { running, expected, held } = this;
    let at = this.runs - 1;
    while (running[at] !== job) at -= 1;
    this.free += held[at] ?? 0;
    this.runs -= 1;
    for (; at < this.runs; at += 1) {
      running[at] = running[at + 1] ?? 0;
      expected[at] = expected[at + 1] ?? 0;
      held[at] = held[at + 1] ?? 0;
    }
    this.finished = true;
  }

  /**
   * Unless a job has ended, no job that waited before can start: the reservation is unchanged, the time
   * up to it is shorter, and no processor has become free. So only the new arrivals are checked.
   */
  pass(now: number, start: (job: number) => void): void {
    if (this.finished && this.head !== null) this.reconsider(this.head, now, start);
    this.finished = false;
    for (; this.firstNew < this.arrived; this.firstNew += 1) this.consider(now, start);
  }

  /** All that wait, in queue order. */
  private reconsider(first: number, now: number, start: (job: number) => void): void {
    const { waiting } = this;
    let head = first;
    this.reserved = false;
    if (waiting.smallestSize() > this.free) return;
    let place = waiting.next(0) ?? 0;
    while ((this.jobs.size[head] ?? 0) <= this.free) {
      waiting.remove(place);
      this.begin(head, now, start);
      const next = waiting.next(place + 1);
      this.head = next === null ? null : waiting.job(next);
      if (next === null || this.head === null) return;
      place = next;
      head = this.head;
    }
    if (waiting.smallestSize() > this.free) return;
    this.reserve(head);
    for (;;) {
      const next = waiting.nextFitting(place + 1, this.free, this.spare, now, this.shadow);
      if (next === null) return;
      place = next;
      waiting.remove(place);
      this.backfill(waiting.job(place), now, start);
    }
  }

  /** The arrival at `firstNew`, behind all that wait. */
  private consider(now: number, start: (job: number) => void): void {
    const job = this.firstNew;
    const size = this.jobs.size[job] ?? 0;
    if (this.head === null && size <= this.free) {
      this.begin(job, now, start);
    } else if (this.head !== null && size <= this.free && this.fitsBehind(this.head, job, now)) {
      this.backfill(job, now, start);
    } else {
      this.waiting.add(job);
      this.head ??= job;
    }
  }

  private fitsBehind(head: number, job: number, now: number): boolean {
    if (!this.reserved) this.reserve(head);
    if ((this.jobs.size[job] ?? 0) <= this.spare) return true;
    return this.expectedEnd(job, now) <= this.shadow;
  }

  private reserve(head: number): void {
    const size = this.jobs.size[head] ?? 0;
    const { expected, held } = this;
    let available = this.free;
    let at = this.runs;
    while (available < size) {
      at -= 1;
      available += held[at] ?? 0;
    }
    this.shadow = expected[at] ?? 0;
    // Whatever ends at the same moment counts too.
    for (at -= 1; at >= 0 && expected[at] === this.shadow; at -= 1) available += held[at] ?? 0;
    this.spare = available - size;
    this.reserved = true;
  }

  private backfill(job: number, now: number, start: (job: number) => void): void {
    if (this.expectedEnd(job, now) > this.shadow) this.spare -= this.jobs.size[job] ?? 0;
    this.begin(job, now, start);
  }

  private begin(job: number, now: number, start: (job: number) => void): void {
    const { running, expected, held } = this;
    const size = this.jobs.size[job] ?? 0;
    const end = this.expectedEnd(job, now);
    this.free -= size;
    let at = this.runs;
    this.runs += 1;
    for (; at > 0 && (expected[at - 1] ?? 0) < end; at -= 1) {
      expected[at] = expected[at - 1] ?? 0;
      running[at] = running[at - 1] ?? 0;
      held[at] = held[at - 1] ?? 0;
    }
    expected[at] = end;
    running[at] = job;
    held[at] = size;
    start(job);
  }

  private expectedEnd(job: number, start: number): number {
    return start + (this.jobs.estimate[job] ?? 0);
  }

  wake(): number {
    return Number.POSITIVE_INFINITY;
  }

  copy(): Easy {
    const copy = new Easy(this.jobs, this.free, this.waiting.copy(), this.most);
    copy.head = this.head;
    copy.reserved = this.reserved;
    copy.shadow = this.shadow;
    copy.spare = this.spare;
    copy.running.set(this.running);
    copy.expected.set(this.expected);
    copy.held.set(this.held);
    copy.runs = this.runs;
    copy.finished = this.finished;
    copy.firstNew = this.firstNew;
    copy.arrived = this.arrived;
    return copy;
  }
}
