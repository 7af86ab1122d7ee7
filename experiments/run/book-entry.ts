import type { JobRecord, ObservedTime } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";
import type { WrapperEvent } from "../schedulers/wrapper";
import { WRAPPER_RESOLUTION_MS } from "./book-conventions";

/** The submitter reads a microsecond clock. */
export const SUBMITTER_RESOLUTION_MS = 0.001;

export interface Counts {
  readonly total: number;
  /** Answered by the scheduler, refusals included. */
  readonly submitted: number;
  /** Null where a job's start is told only with its end. */
  readonly running: number | null;
  /** Final, whatever the state. */
  readonly done: number;
  /** Final and not `completed`. */
  readonly failed: number;
  /** Cores × seconds of the jobs that are not final. */
  readonly coreSecondsLeft: number;
}

/** What became of one job. */
export interface BookChange {
  readonly record: JobRecord;
  readonly final: boolean;
  /** It ran, and the scheduler has put it back into its queue. */
  readonly putBack: boolean;
}

/** What the book holds of one job. */
export interface Entry {
  record: JobRecord;
  /** Jobs that the scheduler had for it besides; they are void. */
  readonly surplus: Set<string>;
  /** The scheduler's own time of the submission. */
  schedulerSubmit: number | null;
  final: boolean;
  /** The wrapper wrote an end to its latest start. */
  wrapperEnd: boolean;
  /** It ran, the scheduler has put it back into its queue, and it has not started anew. */
  waits: boolean;
  /** The harness has asked the scheduler to end it. */
  cancelRequested: boolean;
}

export function newEntry(job: WorkloadJob): Entry {
  return {
    record: plannedRecord(job),
    surplus: new Set(),
    schedulerSubmit: null,
    final: false,
    wrapperEnd: false,
    waits: false,
    cancelRequested: false,
  };
}

/** @param live whether starts are told as they happen. */
export function countEntries(entries: readonly Entry[], live: boolean): Counts {
  const counts = { total: 0, submitted: 0, running: 0, done: 0, failed: 0, coreSecondsLeft: 0 };
  for (const { record, final, waits } of entries) {
    counts.total += 1;
    if (record.state !== "planned") counts.submitted += 1;
    if (record.state === "running") counts.running += record.end === null && !waits ? 1 : 0;
    if (final) counts.done += 1;
    else counts.coreSecondsLeft += record.planned.cores * record.planned.runSeconds;
    if (final && record.state !== "completed") counts.failed += 1;
  }
  return live ? counts : { ...counts, running: null };
}

/** The scheduler's own time of the submission, where no call's time is known. */
export function schedulersSubmit(
  { record, schedulerSubmit }: Entry,
  submitResolutionMs: number,
): Partial<JobRecord> {
  if (record.submitStartedAt !== null || schedulerSubmit === null) return {};
  return { submitStartedAt: schedulerSubmit, submitSource: "scheduler", submitResolutionMs };
}

/** The time of the first call: a later one's, or the scheduler's own, does not replace it. */
export function firstCall(
  { submitStartedAt, submitSource }: JobRecord,
  at: number,
): Partial<JobRecord> {
  if (submitSource === "harness" && submitStartedAt !== null && submitStartedAt <= at) return {};
  return {
    submitStartedAt: at,
    submitSource: "harness",
    submitResolutionMs: SUBMITTER_RESOLUTION_MS,
  };
}

function plannedRecord(job: WorkloadJob): JobRecord {
  return {
    job: job.id,
    planned: job,
    dueAt: null,
    submitStartedAt: null,
    submitFinishedAt: null,
    submitSource: null,
    submitResolutionMs: null,
    schedulerJob: null,
    state: "planned",
    detail: null,
    exitCode: null,
    allocatedCores: null,
    nodes: null,
    start: null,
    end: null,
  };
}

/**
 * Takes over what the job's wrapper says of a start, with its nodes, or of an end. @returns whether it is
 * about the job that counts.
 */
export function tellWrapper(entry: Entry, event: WrapperEvent, nodes: string[] | null): boolean {
  const { at } = event;
  const time: ObservedTime = { at, source: "wrapper", resolutionMs: WRAPPER_RESOLUTION_MS };
  const { record } = entry;
  // Another job of the same number counts, or a later attempt: a node may tell of the one that it took
  // down with it when it is back. The event itself is kept.
  const other = record.schedulerJob !== null && record.schedulerJob !== event.schedulerJob;
  const former = record.start?.source === "wrapper" && at < record.start.at;
  if (former || entry.surplus.has(event.schedulerJob) || (entry.final && other)) return false;
  const schedulerJob = record.schedulerJob ?? event.schedulerJob;
  if (nodes !== null) {
    const state = entry.final ? record.state : "running";
    // A job that was requeued starts anew: its former end is void.
    const again = entry.final ? {} : { end: null };
    const where = entry.final ? (record.nodes ?? nodes) : nodes;
    entry.record = { ...record, schedulerJob, nodes: where, state, start: time, ...again };
    entry.wrapperEnd = entry.wrapperEnd && entry.final;
    entry.waits = false;
  } else {
    entry.wrapperEnd = true;
    const exitCode = record.exitCode ?? event.exitCode;
    entry.record = { ...record, schedulerJob, exitCode, end: time };
  }
  return true;
}
