import { JobBook } from "../../../experiments/run/book";
import { slurmPlacement } from "../../../experiments/schedulers/slurm/hostlist";
import type { JobRecord } from "../../../store/record";
import type { WorkloadJob } from "../../../workloads/job";
import { oneCoreJob } from "../one-core-job";

export const job = oneCoreJob({ cores: 2, runSeconds: 5 });

const conventions = { resolutionMs: { start: 1000, end: 1000 }, placement: slurmPlacement };

function bookWith(wraps: boolean, jobs: readonly WorkloadJob[], liveMoments = true) {
  const written: JobRecord[] = [];
  const sink = { job: (record: JobRecord) => written.push(record), event: () => {} };
  return {
    book: new JobBook(jobs, { ...conventions, liveMoments, wraps: () => wraps }, sink),
    written,
  };
}

export function bookOf(...jobs: WorkloadJob[]) {
  return bookWith(true, jobs);
}

/** Of jobs of which only the scheduler tells. */
export function unwrappedBookOf(...jobs: WorkloadJob[]) {
  return bookWith(false, jobs);
}

/** Of jobs of which the scheduler tells when they have ended. */
export function lateBookOf(...jobs: WorkloadJob[]) {
  return bookWith(false, jobs, false);
}

export const answer = {
  startedAt: 1000,
  finishedAt: 1010,
  schedulerJob: "41",
  error: null,
  uncertain: false,
};
export const outcome = {
  job: 1,
  schedulerJob: "41",
  state: "completed" as const,
  detail: "COMPLETED",
  exitCode: 0,
  nodes: ["node01"],
  allocatedCores: 2,
};
