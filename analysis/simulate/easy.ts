import type { JobColumns } from "./job";
import type { Scheduler } from "./policy";
import { WaitingJobs } from "./waiting-jobs";

/**
 * EASY (aggressive) backfilling: only the head of the queue has a reservation, at the earliest moment
 * that the running jobs' estimates promise room for it. A later job may start at once when it does
 * not delay that: it ends by then (by its estimate), or fits beside the head then.
 * Source: Lifka, JSSPP 1995; Mu'alem and Feitelson, IEEE TPDS 12(6), 2001.
 */
export class Easy implements Scheduler {
  /** Running jobs in the order of their expected ends, and those ends. */
  private running: number[] = [];
  private expected: number[] = [];
  /** First job that arrived since the last pass. */
  private firstNew = 0;
  private arrived = 0;
  private finished = false;

  constructor(
    private readonly jobs: JobColumns,
    private free: number,
    private readonly waiting = WaitingJobs.none(jobs),
  ) {}

  arrive(job: number): void {
    this.waiting.add(job);
    this.arrived = job + 1;
  }

  finish(job: number): void {
    const at = this.running.indexOf(job);
    this.running.splice(at, 1);
    this.expected.splice(at, 1);
    this.free += this.jobs.size[job] ?? 0;
    this.finished = true;
  }

  pass(now: number, start: (job: number) => void): void {
    let head = this.waiting.first(0);
    while (head !== null && (this.jobs.size[head] ?? 0) <= this.free) {
      this.begin(head, now, start);
      head = this.waiting.first(head + 1);
    }
    if (head !== null) this.backfill(head, now, start);
    this.firstNew = this.arrived;
    this.finished = false;
  }

  /**
   * Unless a job ended, no job that waited before can start: the reservation stands, the window up to
   * it shrank, and no processor came free. So only the new arrivals are looked at.
   */
  private backfill(head: number, now: number, start: (job: number) => void): void {
    const { shadow, spare } = this.reservation(head);
    const hole = { now, shadow, free: this.free, spare };
    let from = this.finished ? head + 1 : Math.max(head + 1, this.firstNew);
    for (;;) {
      const job = this.waiting.firstFitting(from, hole);
      if (job === null) return;
      if (now + (this.jobs.estimate[job] ?? 0) > shadow) hole.spare -= this.jobs.size[job] ?? 0;
      this.begin(job, now, start);
      hole.free = this.free;
      from = job + 1;
    }
  }

  /** When the head can start by the estimates, and the processors that it then leaves free. */
  private reservation(head: number): { shadow: number; spare: number } {
    const size = this.jobs.size[head] ?? 0;
    let available = this.free;
    let shadow = Number.NEGATIVE_INFINITY;
    for (const [at, job] of this.running.entries()) {
      const end = this.expected[at] ?? 0;
      // Whatever ends at the same moment counts too.
      if (available >= size && end > shadow) break;
      available += this.jobs.size[job] ?? 0;
      shadow = end;
    }
    return { shadow, spare: available - size };
  }

  private begin(job: number, now: number, start: (job: number) => void): void {
    this.waiting.remove(job);
    this.free -= this.jobs.size[job] ?? 0;
    const end = now + (this.jobs.estimate[job] ?? 0);
    let at = this.expected.length;
    while (at > 0 && (this.expected[at - 1] ?? 0) > end) at -= 1;
    this.expected.splice(at, 0, end);
    this.running.splice(at, 0, job);
    start(job);
  }

  wake(): number {
    return Number.POSITIVE_INFINITY;
  }

  copy(): Easy {
    const copy = new Easy(this.jobs, this.free, this.waiting.copy());
    copy.running = this.running.slice();
    copy.expected = this.expected.slice();
    copy.firstNew = this.firstNew;
    copy.arrived = this.arrived;
    copy.finished = this.finished;
    return copy;
  }
}
