import type { JobColumns } from "./job";
import type { Scheduler } from "./policy";
import { Profile } from "./profile";

/**
 * Conservative backfilling: every job has a reservation, made when it arrives, at the earliest moment
 * that delays no reservation made before. When a job ends before its estimate, each waiting job, once
 * and in queue order, moves to the earliest moment that is now free for it (compression). A reservation
 * therefore never moves to a later time. Source: Mu'alem and Feitelson, IEEE TPDS 12(6), 2001.
 */
export class Conservative implements Scheduler {
  /** In queue order. */
  private waiting: number[] = [];
  private arrivals: number[] = [];
  private endedEarly = false;
  private nextStart = Number.POSITIVE_INFINITY;

  constructor(
    private readonly jobs: JobColumns,
    procs: number,
    private readonly profile = Profile.idle(procs),
    /** By job: the start of the reservation of a waiting job, the start of a running one. */
    private readonly starts = new Float64Array(jobs.count),
  ) {}

  arrive(job: number): void {
    this.arrivals.push(job);
  }

  finish(job: number, now: number, early: boolean): void {
    if (!early) return;
    this.profile.take(now, this.end(job), -(this.jobs.size[job] ?? 0));
    this.endedEarly = true;
  }

  pass(now: number, start: (job: number) => void): void {
    this.profile.forget(now);
    if (this.endedEarly) for (const job of this.waiting) this.moveEarlier(job, now);
    for (const job of this.arrivals) this.reserve(job, this.earliest(job, now) ?? now);
    this.endedEarly = false;

    const waiting = [...this.waiting, ...this.arrivals];
    this.waiting = waiting.filter((job) => (this.starts[job] ?? 0) > now);
    this.arrivals = [];
    this.nextStart = Number.POSITIVE_INFINITY;
    for (const job of waiting) {
      const begin = this.starts[job] ?? 0;
      if (begin <= now) start(job);
      else this.nextStart = Math.min(this.nextStart, begin);
    }
  }

  private moveEarlier(job: number, now: number): void {
    const begin = this.starts[job] ?? 0;
    const size = this.jobs.size[job] ?? 0;
    // The cheap check comes first: most jobs cannot move.
    if (!this.profile.anyFree(now, size, begin)) return;
    this.profile.take(begin, this.end(job), -size);
    this.reserve(job, this.earliest(job, now, begin) ?? begin);
  }

  private earliest(job: number, now: number, limit?: number): number | null {
    return this.profile.earliest(
      now,
      this.jobs.size[job] ?? 0,
      this.jobs.estimate[job] ?? 0,
      limit,
    );
  }

  private reserve(job: number, begin: number): void {
    this.starts[job] = begin;
    this.profile.take(begin, this.end(job), this.jobs.size[job] ?? 0);
  }

  private end(job: number): number {
    return (this.starts[job] ?? 0) + (this.jobs.estimate[job] ?? 0);
  }

  /** A reservation may begin where nothing ends: the job before it ended early. */
  wake(): number {
    return this.nextStart;
  }

  copy(): Conservative {
    const copy = new Conservative(this.jobs, 0, this.profile.copy(), this.starts.slice());
    copy.waiting = this.waiting.slice();
    copy.arrivals = this.arrivals.slice();
    copy.endedEarly = this.endedEarly;
    copy.nextStart = this.nextStart;
    return copy;
  }
}
