import type { AccountedJob, JobOutcome, QueuedJob, SchedulerMoment } from "../adapter";
import { jobName, parseJobName } from "../job-name";
import type { FluxJob } from "./events";

/** The moments that the journal has told of a job so far; one that never started ends with its clean-up. */
export function momentsOf(job: number, told: FluxJob): SchedulerMoment[] {
  const { schedulerJob } = told;
  const ends = told.finishAt ?? (told.startAt === null ? told.cleanAt : null);
  const all = [
    ["submit", told.submitAt],
    ["eligible", told.eligibleAt],
    ["start", told.startAt],
    ["end", ends],
  ] as const;
  return all.flatMap(([event, at]) => (at === null ? [] : [{ job, schedulerJob, event, at }]));
}

/** Flux's final word on a job that is clean. */
export function outcomeOf(job: number, told: FluxJob): JobOutcome {
  const { schedulerJob, exception, startAt, nodes, cores } = told;
  const state = stateOf(told);
  const code = exitCodeOf(told.status);
  return {
    job,
    schedulerJob,
    state,
    detail: exception === null ? state : `${exception.type}: ${exception.note}`,
    // A job that was ended from outside has no code of its own.
    exitCode: state === "completed" || state === "failed" ? code : null,
    nodes: startAt === null ? [] : nodes,
    allocatedCores: startAt === null ? null : cores,
  };
}

function stateOf({ exception, status }: FluxJob): JobOutcome["state"] {
  if (exception === null) return status === 0 ? "completed" : "failed";
  // A job whose dependency cannot be met any more is taken out of the queue.
  if (exception.type === "cancel" || exception.type === "dependency") return "cancelled";
  if (exception.type === "timeout") return "timeout";
  return isNodeFailure(exception) ? "node-failed" : "failed";
}

/** Flux's job-exec raises it when it has lost the broker of a node, or what the broker started. */
function isNodeFailure({ type, note }: { readonly type: string; readonly note: string }): boolean {
  return (
    type === "node-failure" ||
    (type === "exec" && /node failure|lost contact|lost connection|EHOSTUNREACH/i.test(note))
  );
}

/** A status as wait(2) has it; a signal becomes 128 + signal, as in a shell. */
export function exitCodeOf(status: number | null): number | null {
  if (status === null) return null;
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/** The word for a job's present state in `flux jobs`. */
function wordOf({ submitAt, startAt, finishAt, cleanAt, eligibleAt }: FluxJob): string {
  if (cleanAt !== null) return "INACTIVE";
  if (finishAt !== null) return "CLEANUP";
  if (startAt !== null) return "RUN";
  if (eligibleAt !== null) return "SCHED";
  return submitAt === null ? "NEW" : "DEPEND";
}

/** Jobs that wait, run or are being taken down, whoever submitted them. */
export function queuedJobs(jobs: readonly FluxJob[]): QueuedJob[] {
  return jobs
    .filter(({ cleanAt }) => cleanAt === null)
    .map((told) => {
      const ours = parseJobName(told.name);
      return {
        schedulerJob: told.schedulerJob,
        user: told.user,
        state: wordOf(told),
        run: ours?.run ?? null,
        job: ours?.job ?? null,
      };
    });
}

/** The jobs of one run, queued and ended. */
export function accountedJobs(jobs: readonly FluxJob[], run: string): AccountedJob[] {
  return jobs.flatMap((told) => {
    const own = parseJobName(told.name);
    if (own?.run !== run) return [];
    const state = wordOf(told);
    return [
      {
        job: own.job,
        schedulerJob: told.schedulerJob,
        submission: jobName(run, own.job, own.submission),
        state,
        waiting: state === "NEW" || state === "DEPEND" || state === "SCHED",
        submitAt: told.submitAt,
        startAt: told.startAt,
        endAt: told.finishAt ?? told.cleanAt,
      },
    ];
  });
}
