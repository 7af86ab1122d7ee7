import { Failure } from "../../base/failure";
import { exactDifference } from "../../workloads/decimal";
import { type TickUnit, tickUnit, toTicks } from "./ticks";

/** One job as the simulation sees it. Times are seconds of any origin, sizes are processors. */
export interface SimJob {
  /** Breaks ties in the queue; need not be unique. */
  readonly job: number;
  readonly submit: number;
  /** All its processors for the whole run, or none: rigid jobs. */
  readonly size: number;
  readonly run: number;
  /** What the scheduler believes the run time to be: at least the run time, and above 0. */
  readonly estimate: number;
}

/**
 * The jobs by column, in queue order: by submit time, then job number, then place in the input. Times
 * are whole ticks.
 */
export interface JobColumns {
  readonly count: number;
  readonly unit: TickUnit;
  readonly submit: Float64Array;
  readonly size: Float64Array;
  readonly run: Float64Array;
  readonly estimate: Float64Array;
  /** Position in the input of the job at each place of the queue order. */
  readonly input: Uint32Array;
}

/**
 * How long a job of the store ran. As a difference of doubles, the time has lost its last digits, which
 * are recovered from the two instants. Where it is not their difference, because the job held its cores
 * only for a part of it, it is a sum of microseconds.
 */
export function runTime(start: number, end: number, run: number): number {
  return run === end - start ? exactDifference(end, start) : Math.round(run * 1e6) / 1e6;
}

/** Throws Failure for a job that no schedule on `procs` processors can hold, naming the first. */
export function jobColumns(jobs: readonly SimJob[], procs: number): JobColumns {
  if (!Number.isSafeInteger(procs) || procs < 1) {
    throw new Failure(`the machine has ${procs} processors; expected a whole number above 0`);
  }
  const input = queueOrder(jobs);
  const times = {
    submit: new Float64Array(jobs.length),
    run: new Float64Array(jobs.length),
    estimate: new Float64Array(jobs.length),
  };
  const size = new Float64Array(jobs.length);
  let [latest, busy] = [0, 0];
  for (let place = 0; place < jobs.length; place += 1) {
    const job = jobs[input[place] ?? 0];
    if (job === undefined) continue;
    const problem = fault(job, procs);
    if (problem !== null) throw new Failure(`job ${job.job} cannot be simulated: ${problem}`);
    times.submit[place] = job.submit;
    times.run[place] = job.run;
    times.estimate[place] = job.estimate;
    size[place] = job.size;
    latest = Math.max(latest, Math.abs(job.submit));
    busy += job.estimate;
  }
  // No instant, end or reservation is later than if all jobs came last and ran one by one.
  const unit = tickUnit(latest + busy, Object.values(times));
  for (const column of Object.values(times)) toTicks(column, unit);
  return { count: jobs.length, unit, ...times, size, input };
}

/** Indices into the input. Most logs are already in this order, which saves the sorting. */
function queueOrder(jobs: readonly SimJob[]): Uint32Array {
  const order = new Uint32Array(jobs.length);
  let last: SimJob | undefined;
  let sorted = true;
  for (let index = 0; index < jobs.length; index += 1) {
    const job = jobs[index];
    if (job === undefined) continue;
    order[index] = index;
    if (last !== undefined && inQueue(last, job) > 0) sorted = false;
    last = job;
  }
  if (sorted) return order;
  return order.sort((a, b) => {
    const [one, other] = [jobs[a], jobs[b]];
    return one === undefined || other === undefined ? 0 : inQueue(one, other) || a - b;
  });
}

function inQueue(a: SimJob, b: SimJob): number {
  return a.submit - b.submit || a.job - b.job;
}

function fault({ submit, size, run, estimate }: SimJob, procs: number): string | null {
  if (!Number.isFinite(submit)) return `submit time ${submit}`;
  if (!Number.isSafeInteger(size) || size < 1) return `size ${size}`;
  if (size > procs) return `size ${size} on ${procs} processors`;
  if (!Number.isFinite(run) || run < 0) return `run time ${run}`;
  if (!Number.isFinite(estimate) || estimate <= 0) return `estimate ${estimate}`;
  if (estimate < run) return `estimate ${estimate} below its run time ${run}`;
  return null;
}
