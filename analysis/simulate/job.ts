import { Failure } from "../../host/failure";

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

/** The jobs by column, in queue order: by submit time, then job number, then place in the input. */
export interface JobColumns {
  readonly count: number;
  readonly submit: Float64Array;
  readonly size: Float64Array;
  readonly run: Float64Array;
  readonly estimate: Float64Array;
  /** Position in the input of the job at each place of the queue order. */
  readonly input: Uint32Array;
}

/** Throws Failure for a job that no schedule on `procs` processors can hold, naming the first. */
export function jobColumns(jobs: readonly SimJob[], procs: number): JobColumns {
  if (!Number.isSafeInteger(procs) || procs < 1) {
    throw new Failure(`the machine has ${procs} processors; expected a whole number above 0`);
  }
  for (const job of jobs) {
    const problem = fault(job, procs);
    if (problem !== null) throw new Failure(`job ${job.job} cannot be simulated: ${problem}`);
  }
  const order = jobs.map((job, index) => ({ job, index }));
  order.sort((a, b) => a.job.submit - b.job.submit || a.job.job - b.job.job || a.index - b.index);
  return {
    count: jobs.length,
    submit: Float64Array.from(order, ({ job }) => job.submit),
    size: Float64Array.from(order, ({ job }) => job.size),
    run: Float64Array.from(order, ({ job }) => job.run),
    estimate: Float64Array.from(order, ({ job }) => job.estimate),
    input: Uint32Array.from(order, ({ index }) => index),
  };
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
