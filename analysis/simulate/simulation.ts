import { Completions } from "./completions";
import { type JobColumns, jobColumns, type SimJob } from "./job";
import { type Policy, type Scheduler, tieRuleOf } from "./policy";
import { schedulers } from "./schedulers";

export interface SimulationOptions {
  readonly procs: number;
  readonly policy: Policy;
}

export interface Schedule {
  readonly policy: Policy;
  readonly procs: number;
  readonly tieRule: string;
  /** Seconds, by place in the input. */
  readonly starts: Float64Array;
}

/** The exact schedule of rigid jobs on one machine of `procs` equal processors. Throws Failure. */
export function simulate(jobs: readonly SimJob[], { procs, policy }: SimulationOptions): Schedule {
  const columns = jobColumns(jobs, procs);
  const simulation = Simulation.begin(columns, schedulers[policy](columns, procs));
  for (let now = simulation.next(); now < Number.POSITIVE_INFINITY; now = simulation.next()) {
    simulation.stepAt(now);
  }
  return {
    policy,
    procs,
    tieRule: tieRuleOf(columns.unit),
    starts: inInputOrder(columns, simulation.starts),
  };
}

/** From queue order to the order of the input, and from ticks to seconds: the nearest double. */
export function inInputOrder(columns: JobColumns, ticks: Float64Array): Float64Array {
  const ordered = new Float64Array(columns.count);
  const { input, count, unit } = columns;
  for (let place = 0; place < count; place += 1) {
    ordered[input[place] ?? 0] = (ticks[place] ?? 0) / unit.perSecond;
  }
  return ordered;
}

/** Goes from instant to instant. A job with run time 0 causes one more pass at the instant of its start. */
export class Simulation {
  private now = Number.NEGATIVE_INFINITY;
  private readonly start = (job: number) => {
    this.starts[job] = this.now;
    this.completions.push(job, this.now + (this.jobs.run[job] ?? 0));
  };

  private constructor(
    private readonly jobs: JobColumns,
    private readonly scheduler: Scheduler,
    private readonly completions: Completions,
    /** In ticks, by place in the queue order; NaN before the start. */
    readonly starts: Float64Array,
    private arrived: number,
    /** Jobs from here on never arrive. */
    private readonly end: number,
  ) {}

  static begin(jobs: JobColumns, scheduler: Scheduler): Simulation {
    const starts = new Float64Array(jobs.count).fill(Number.NaN);
    return new Simulation(jobs, scheduler, Completions.none(), starts, 0, jobs.count);
  }

  /** The same state, but nothing arrives any more. */
  withoutArrivals(): Simulation {
    return new Simulation(
      this.jobs,
      this.scheduler.copy(),
      this.completions.copy(),
      this.starts.slice(),
      this.arrived,
      this.arrived,
    );
  }

  /** The next instant; Infinity when all is done. */
  next(): number {
    return Math.min(this.completions.next(), this.nextArrival(), this.scheduler.wake());
  }

  step(): void {
    this.stepAt(this.next());
  }

  /** `now` is the next instant. */
  stepAt(now: number): void {
    this.complete(now);
    while (this.nextArrival() <= now) this.admit();
    this.pass(now);
  }

  complete(now: number): void {
    while (this.completions.next() <= now) {
      const job = this.completions.pop() ?? 0;
      const early = (this.jobs.run[job] ?? 0) < (this.jobs.estimate[job] ?? 0);
      this.scheduler.finish(job, now, early);
    }
  }

  nextArrival(): number {
    if (this.arrived >= this.end) return Number.POSITIVE_INFINITY;
    return this.jobs.submit[this.arrived] ?? 0;
  }

  /** Lets the next job arrive and returns it. */
  admit(): number {
    const job = this.arrived;
    this.arrived += 1;
    this.scheduler.arrive(job);
    return job;
  }

  pass(now: number): void {
    this.now = now;
    this.scheduler.pass(now, this.start);
  }
}
