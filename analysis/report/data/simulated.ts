import { exactDifference } from "../../../workloads/decimal";
import { runTime, type SimJob } from "../../simulate/job";
import { type Policy, policies } from "../../simulate/policy";
import { simulate } from "../../simulate/simulation";
import { type ScheduleSummary, summarise } from "../../simulate/summary";
import { quantile } from "../../statistics/quantile";
import type { ReportJob, ReportRun } from "./run";

/** A run's jobs as input of the simulation. */
export interface SimulatedJobs {
  readonly procs: number;
  readonly jobs: readonly SimJob[];
  /** The run's own records, in the same order. */
  readonly records: readonly ReportJob[];
  /** Jobs that the simulation leaves out. */
  readonly skipped: number;
}

/**
 * The counted jobs with run > 0, as they were submitted, allocated and ran. The estimate is the time
 * limit, or the run time where that is longer. Returns a reason when there is no such job.
 */
export function simulatedJobs(run: ReportRun): SimulatedJobs | string {
  const procs = run.capacityCores;
  if (procs === null) return "the capacity is unknown";
  const records: ReportJob[] = [];
  const jobs: SimJob[] = [];
  for (const record of run.jobs) {
    const { job, submit, cores, start, end, run: ran, limit, counted } = record;
    if (!counted || submit === null || cores === null) continue;
    if (start === null || end === null || ran === null) continue;
    const seconds = runTime(start, end, ran);
    if (seconds <= 0 || cores > procs) continue;
    records.push(record);
    jobs.push({ job, submit, size: cores, run: seconds, estimate: Math.max(limit ?? 0, seconds) });
  }
  if (jobs.length === 0) return "no job that counts ran longer than 0 s on this machine";
  return { procs, jobs, records, skipped: run.jobs.length - jobs.length };
}

export interface Deviation {
  /** Seconds, live − simulated, of the jobs' starts. */
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface SimulatedRun {
  readonly policy: Policy;
  readonly simulated: ScheduleSummary;
  /** The same figures of the same jobs, from the live starts. */
  readonly live: ScheduleSummary;
  readonly deviation: Deviation;
  readonly waits: readonly {
    readonly job: number;
    readonly live: number;
    readonly simulated: number;
  }[];
}

export interface LiveAgainstSimulated {
  readonly tieRule: string;
  readonly skipped: number;
  readonly policies: readonly SimulatedRun[];
}

/** With a long queue, conservative backfilling of more jobs takes longer than all of the report. */
const mostJobs = 5000;

/** A reason when the run has no job that can be simulated, too many for a report, or jobs that wait for others. */
export function liveAgainstSimulated(run: ReportRun): LiveAgainstSimulated | string {
  const { unsimulated_reason: reason } = run.row;
  if (typeof reason === "string") return reason;
  const input = simulatedJobs(run);
  if (typeof input === "string") return input;
  if (input.jobs.length > mostJobs) {
    return `${input.jobs.length} jobs are too many to simulate for a report, which does so for up to ${mostJobs}`;
  }
  const { jobs, records, procs, skipped } = input;
  const liveStarts = Float64Array.from(records, ({ start }) => start ?? Number.NaN);
  const schedules = policies.map((policy) => simulate(jobs, { procs, policy }));
  return {
    tieRule: schedules[0]?.tieRule ?? "",
    skipped,
    policies: schedules.map((schedule) => {
      const { policy } = schedule;
      const deviations = [...liveStarts].map((start, index) =>
        exactDifference(start, schedule.starts[index] ?? Number.NaN),
      );
      return {
        policy,
        simulated: summarise(jobs, schedule),
        live: summarise(jobs, { ...schedule, starts: liveStarts }),
        deviation: {
          mean: deviations.reduce((sum, value) => sum + value, 0) / deviations.length,
          median: quantile(deviations, 0.5) ?? 0,
          p95: quantile(deviations, 0.95) ?? 0,
          max: deviations.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
        },
        waits: jobs.map(({ job, submit }, index) => ({
          job,
          live: records[index]?.wait ?? 0,
          simulated: exactDifference(schedule.starts[index] ?? submit, submit),
        })),
      };
    }),
  };
}
