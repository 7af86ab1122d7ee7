import { exactDifference, exactSum } from "../../workloads/decimal";
import type { SimJob } from "./job";
import type { Schedule } from "./simulation";

/** Seconds below which a run time counts as this long in the bounded slowdown. Feitelson, JSSPP 2001. */
export const tau = 10;

/** The definitions are those for live runs; null with a reason where a figure cannot be known. */
export interface ScheduleSummary {
  readonly jobs: number;
  /** Last end − first submit, seconds. */
  readonly makespan: number | null;
  readonly mean_wait: number | null;
  /** Mean of max(1, (wait + run) / max(run, 10 s)). */
  readonly mean_bounded_slowdown: number | null;
  /** Σ size · run / (processors · makespan), 0..1. */
  readonly utilisation: number | null;
  readonly reasons: Readonly<Record<string, string>>;
}

export function summarise(jobs: readonly SimJob[], { starts, procs }: Schedule): ScheduleSummary {
  let firstSubmit = Number.POSITIVE_INFINITY;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let wait = 0;
  let slowdown = 0;
  let work = 0;
  for (const [index, job] of jobs.entries()) {
    const start = starts[index] ?? Number.NaN;
    firstSubmit = Math.min(firstSubmit, job.submit);
    lastEnd = Math.max(lastEnd, exactSum(start, job.run));
    const waited = exactDifference(start, job.submit);
    wait += waited;
    slowdown += Math.max(1, exactSum(waited, job.run) / Math.max(job.run, tau));
    work += job.size * job.run;
  }
  if (jobs.length === 0) {
    const reason = "no job";
    return {
      jobs: 0,
      makespan: null,
      mean_wait: null,
      mean_bounded_slowdown: null,
      utilisation: null,
      reasons: {
        makespan: reason,
        mean_wait: reason,
        mean_bounded_slowdown: reason,
        utilisation: reason,
      },
    };
  }
  const makespan = exactDifference(lastEnd, firstSubmit);
  return {
    jobs: jobs.length,
    makespan,
    mean_wait: wait / jobs.length,
    mean_bounded_slowdown: slowdown / jobs.length,
    utilisation: makespan > 0 ? work / (procs * makespan) : null,
    reasons: makespan > 0 ? {} : { utilisation: "the makespan is 0" },
  };
}
