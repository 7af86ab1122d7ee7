import type { JobOutcome, SchedulerMoment, SubmitAnswer } from "../schedulers/adapter";
import { expandHostlist } from "../schedulers/hostlist";
import type { WrapperEvent } from "../schedulers/wrapper";
import type { EventRecord, JobRecord, ObservedTime } from "../store/record";
import type { WorkloadJob } from "../workloads/job";

/** Where the book's lines go, each as soon as it is known. */
export interface BookSink {
  job(record: JobRecord): void;
  event(record: EventRecord): void;
}

export interface Counts {
  readonly total: number;
  /** Answered by the scheduler, refusals included. */
  readonly submitted: number;
  readonly running: number;
  /** Final, whatever the state. */
  readonly done: number;
  /** Final and not `completed`. */
  readonly failed: number;
  /** Cores × seconds of the jobs that are not final. */
  readonly coreSecondsLeft: number;
}

interface Entry {
  record: JobRecord;
  final: boolean;
  /** The wrapper wrote an end to its latest start. */
  wrapperEnd: boolean;
}

/** The wrapper reads a microsecond clock; the harness's timers have milliseconds. */
const WRAPPER_RESOLUTION_MS = 0.001;
const HARNESS_RESOLUTION_MS = 1;
const SUBMITTER_RESOLUTION_MS = 0.001;

/** All that is known of a run's jobs, put together from harness, wrapper and scheduler. */
export class JobBook {
  readonly #entries: Map<number, Entry>;
  readonly #sink: BookSink;
  readonly #resolution: Partial<Record<SchedulerMoment["event"], number>>;
  #changed: () => void = () => {};
  #final = 0;

  constructor(
    jobs: readonly WorkloadJob[],
    resolution: Partial<Record<SchedulerMoment["event"], number>>,
    sink: BookSink,
  ) {
    this.#sink = sink;
    this.#resolution = resolution;
    this.#entries = new Map(
      jobs.map((job) => [job.id, { record: plannedRecord(job), final: false, wrapperEnd: false }]),
    );
  }

  /** Called after every change; for whoever waits. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  has(job: number): boolean {
    return this.#entries.has(job);
  }

  /** Fixes the schedule and writes every job once. */
  plan(replayStart: number): void {
    for (const entry of this.#entries.values()) {
      const dueAt = replayStart + entry.record.planned.submitSeconds * 1000;
      this.#write(entry, { dueAt });
    }
  }

  due(job: number): void {
    const at = this.#entries.get(job)?.record.dueAt;
    if (at != null) this.#event(job, "due", at, "harness", HARNESS_RESOLUTION_MS);
  }

  answered(job: number, answer: SubmitAnswer): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    this.#event(job, "submit", answer.startedAt, "harness", SUBMITTER_RESOLUTION_MS);
    const verdict = answer.schedulerJob === null ? "reject" : "accept";
    this.#event(job, verdict, answer.finishedAt, "harness", SUBMITTER_RESOLUTION_MS);
    const times = { submitStartedAt: answer.startedAt, submitFinishedAt: answer.finishedAt };
    if (answer.schedulerJob === null) {
      // The scheduler's own record of the job, should there be one, says more than the refusal.
      if (entry.final) this.#write(entry, times);
      else this.#finish(entry, { ...times, state: "rejected", detail: answer.error });
      return;
    }
    const state = entry.record.state === "planned" ? "submitted" : entry.record.state;
    this.#write(entry, { ...times, state, schedulerJob: answer.schedulerJob });
  }

  /** The answer to its submission was lost, but the scheduler has it. */
  adopted(job: number, schedulerJob: string): void {
    const entry = this.#entries.get(job);
    if (entry?.record.state === "planned") this.#write(entry, { state: "submitted", schedulerJob });
  }

  wrapper(event: WrapperEvent): void {
    const entry = this.#entries.get(event.job);
    if (entry === undefined) return;
    this.#event(event.job, event.event, event.at, "wrapper", WRAPPER_RESOLUTION_MS);
    const time: ObservedTime = {
      at: event.at,
      source: "wrapper",
      resolutionMs: WRAPPER_RESOLUTION_MS,
    };
    const { record } = entry;
    const schedulerJob = record.schedulerJob ?? event.schedulerJob;
    if (event.event === "start") {
      const nodes = record.nodes ?? expandHostlist(event.nodes);
      const state = entry.final ? record.state : "running";
      // A job that was requeued starts anew: its former end is void.
      const again = entry.final ? {} : { end: null };
      entry.record = { ...record, schedulerJob, nodes, state, start: time, ...again };
      entry.wrapperEnd = entry.wrapperEnd && entry.final;
    } else {
      entry.wrapperEnd = true;
      const exitCode = record.exitCode ?? event.exitCode;
      entry.record = { ...record, schedulerJob, exitCode, end: time };
    }
    if (entry.final) this.#sink.job(entry.record);
    this.#changed();
  }

  moment({ job, event, at }: SchedulerMoment): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    const resolutionMs = this.#resolution[event] ?? HARNESS_RESOLUTION_MS;
    this.#event(job, event, at, "scheduler", resolutionMs);
    if (event !== "start" && event !== "end") return;
    if (entry.record[event]?.source === "wrapper") return;
    entry.record = { ...entry.record, [event]: { at, source: "scheduler", resolutionMs } };
    this.#changed();
  }

  outcome({ job, schedulerJob, state, detail, exitCode, nodes, allocatedCores }: JobOutcome): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    // A job that was cancelled or timed out has no code of its own; SLURM then writes 0.
    const own = state === "completed" || exitCode !== 0 ? exitCode : null;
    this.#finish(entry, {
      schedulerJob,
      state,
      detail,
      exitCode: own ?? entry.record.exitCode,
      nodes: nodes.length > 0 ? [...nodes] : entry.record.nodes,
      allocatedCores,
    });
  }

  /** The scheduler calls it completed, but what it left shows that it failed. */
  disproved(job: number, why: string): void {
    const entry = this.#entries.get(job);
    if (entry?.record.state !== "completed") return;
    const detail = entry.record.detail;
    this.#write(entry, { state: "failed", detail: detail === null ? why : `${detail}: ${why}` });
  }

  /** Accepted once, but its end will not be learnt. Final jobs are left as they are. */
  lost(job: number, detail: string): void {
    const entry = this.#entries.get(job);
    if (entry !== undefined && !entry.final) this.#finish(entry, { state: "lost", detail });
  }

  /** Never submitted: the run ended first. */
  neverSubmitted(job: number, detail: string): void {
    const entry = this.#entries.get(job);
    if (entry?.record.state === "planned") this.#finish(entry, { state: "cancelled", detail });
  }

  cancelRequested(job: number, at: number): void {
    if (this.#entries.has(job)) this.#event(job, "cancel", at, "harness", HARNESS_RESOLUTION_MS);
  }

  record(job: number): JobRecord | undefined {
    return this.#entries.get(job)?.record;
  }

  records(): JobRecord[] {
    return [...this.#entries.values()].map((entry) => entry.record);
  }

  unfinished(): JobRecord[] {
    return [...this.#entries.values()].flatMap((entry) => (entry.final ? [] : [entry.record]));
  }

  allFinal(): boolean {
    return this.#final === this.#entries.size;
  }

  /** Jobs that ran and are final, but whose wrapper's end has not come yet. */
  awaitingWrapper(): number {
    let count = 0;
    for (const { final, record, wrapperEnd } of this.#entries.values()) {
      if (final && !wrapperEnd && (record.nodes ?? []).length > 0) count += 1;
    }
    return count;
  }

  counts(): Counts {
    const counts = { total: 0, submitted: 0, running: 0, done: 0, failed: 0, coreSecondsLeft: 0 };
    for (const { record, final } of this.#entries.values()) {
      counts.total += 1;
      if (record.state !== "planned") counts.submitted += 1;
      if (record.state === "running") counts.running += record.end === null ? 1 : 0;
      if (final) counts.done += 1;
      else counts.coreSecondsLeft += record.planned.cores * record.planned.runSeconds;
      if (final && record.state !== "completed") counts.failed += 1;
    }
    return counts;
  }

  #finish(entry: Entry, change: Partial<JobRecord>): void {
    if (!entry.final) this.#final += 1;
    entry.final = true;
    this.#write(entry, change);
  }

  #write(entry: Entry, change: Partial<JobRecord>): void {
    entry.record = { ...entry.record, ...change };
    this.#sink.job(entry.record);
    this.#changed();
  }

  #event(
    job: number,
    event: EventRecord["event"],
    at: number,
    source: EventRecord["source"],
    resolutionMs: number,
  ): void {
    this.#sink.event({ job, event, at, source, resolutionMs });
  }
}

function plannedRecord(job: WorkloadJob): JobRecord {
  return {
    job: job.id,
    planned: job,
    dueAt: null,
    submitStartedAt: null,
    submitFinishedAt: null,
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
