import type { EventRecord, JobRecord } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";
import type {
  Capabilities,
  JobOutcome,
  PlacementNotation,
  SchedulerMoment,
  SubmitAnswer,
} from "../schedulers/adapter";
import type { WrapperEvent } from "../schedulers/wrapper";
import {
  type BookSink,
  HARNESS_RESOLUTION_MS,
  type RecordConventions,
  WRAPPER_RESOLUTION_MS,
} from "./book-conventions";
import {
  type BookChange,
  type Counts,
  countEntries,
  type Entry,
  firstCall,
  newEntry,
  SUBMITTER_RESOLUTION_MS,
  schedulersSubmit,
  tellWrapper,
} from "./book-entry";
import type { SubmitCall } from "./pace";
import type { Schedule } from "./schedule";
import { unmetDependency } from "./unmet";

/** All that is known of a run's jobs, put together from harness, wrapper and scheduler. */
export class JobBook {
  readonly #entries: Map<number, Entry>;
  readonly #sink: BookSink;
  readonly #resolution: Capabilities["resolutionMs"];
  readonly #placement: PlacementNotation;
  readonly #wraps: (job: number) => boolean;
  /** Whether the starts of some jobs are told as they happen. */
  readonly #live: boolean;
  readonly #calls: SubmitCall[] = [];
  readonly #listeners = new Set<(change: BookChange) => void>();
  #final = 0;

  constructor(
    jobs: readonly WorkloadJob[],
    { resolutionMs, placement, wraps = () => true, liveMoments = true }: RecordConventions,
    sink: BookSink,
  ) {
    this.#sink = sink;
    this.#resolution = resolutionMs;
    this.#placement = placement;
    this.#wraps = wraps;
    this.#live = liveMoments || jobs.some(({ id }) => wraps(id));
    this.#entries = new Map(jobs.map((job) => [job.id, newEntry(job)]));
  }

  get #submitResolutionMs(): number {
    return this.#resolution.submit ?? HARNESS_RESOLUTION_MS;
  }

  /** Calls the listener after every change, until what it returns is called. */
  subscribe(listener: (change: BookChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  has(job: number): boolean {
    return this.#entries.has(job);
  }

  /** Fixes the schedule and writes every job once. When one that follows another is due is not known yet. */
  plan({ startAt, factor }: Schedule): void {
    for (const entry of this.#entries.values()) {
      const { submitSeconds, previous } = entry.record.planned;
      const dueAt = previous === undefined ? startAt + (submitSeconds * 1000) / factor : null;
      this.#write(entry, { dueAt });
    }
  }

  /** When the job is due has become known, or is later than the schedule had it. */
  dueAt(job: number, dueAt: number): void {
    const entry = this.#entries.get(job);
    if (entry !== undefined && entry.record.dueAt !== dueAt) this.#write(entry, { dueAt });
  }

  due(job: number): void {
    const at = this.#entries.get(job)?.record.dueAt;
    if (at != null) this.#event(job, "due", at, "harness", HARNESS_RESOLUTION_MS);
  }

  /** A submit call began, on the controller's clock, whatever became of it: the first one counts. */
  called(job: number, at: number, finishedAt: number | null = null): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    const { user } = entry.record.planned;
    this.#calls.push({ job, user, startedAt: at, finishedAt });
    this.#event(job, "submit", at, "harness", SUBMITTER_RESOLUTION_MS);
    entry.record = { ...entry.record, ...firstCall(entry.record, at) };
    if (entry.final) this.#write(entry, {});
  }

  answered(job: number, answer: SubmitAnswer): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    this.called(job, answer.startedAt, answer.finishedAt);
    const verdict = answer.schedulerJob === null ? "reject" : "accept";
    this.#event(job, verdict, answer.finishedAt, "harness", SUBMITTER_RESOLUTION_MS);
    const times = { submitFinishedAt: answer.finishedAt };
    if (answer.schedulerJob === null) {
      // The scheduler's own record of the job, should there be one, says more than the refusal.
      if (entry.final) this.#write(entry, times);
      else this.#finish(entry, { ...times, state: "rejected", detail: answer.error });
      return;
    }
    const state = entry.record.state === "planned" ? "submitted" : entry.record.state;
    this.#write(entry, { ...times, state, schedulerJob: answer.schedulerJob });
  }

  /**
   * The answer to its submission was lost, but the scheduler has it; `submitAt` is the scheduler's own
   * time, which counts where no call's time is known.
   */
  adopted(job: number, schedulerJob: string | null, submitAt: number | null): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    entry.schedulerSubmit ??= submitAt;
    const { record } = entry;
    this.#write(entry, {
      ...schedulersSubmit(entry, this.#submitResolutionMs),
      schedulerJob: record.schedulerJob ?? schedulerJob,
      state: record.state === "planned" ? "submitted" : record.state,
    });
  }

  /** The scheduler had more than one job for it: reports about the others no longer count. */
  doubled(job: number, kept: string, surplus: readonly string[]): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    for (const schedulerJob of surplus) entry.surplus.add(schedulerJob);
    if (!entry.final) this.#write(entry, { schedulerJob: kept });
  }

  wrapper(event: WrapperEvent): void {
    const entry = this.#entries.get(event.job);
    if (entry === undefined) return;
    const nodes = event.event === "start" ? this.#placement.nodes(event.nodes) : null;
    // What a job holds on nodes that its wrapper does not see is not to be counted on its own.
    const allNodes = this.#placement.whole || entry.record.planned.cores === 1;
    const nodeCores = this.#placement.cores(event.nodeCores);
    this.#sink.event({
      job: event.job,
      event: event.event,
      at: event.at,
      source: "wrapper",
      resolutionMs: WRAPPER_RESOLUTION_MS,
      schedulerJob: event.schedulerJob,
      ...(nodes === null || !allNodes ? {} : { nodes }),
      ...(nodes?.length === nodeCores.length ? { nodeCores } : {}),
    });
    if (event.event === "suspend" || event.event === "resume") return;
    if (!tellWrapper(entry, event, nodes)) return;
    if (entry.final) this.#sink.job(entry.record);
    this.#changed(entry);
  }

  moment({ job, schedulerJob, event, at, former, ...moment }: SchedulerMoment): void {
    const entry = this.#entries.get(job);
    if (entry === undefined || entry.surplus.has(schedulerJob)) return;
    const resolutionMs = moment.resolutionMs ?? this.#resolution[event] ?? HARNESS_RESOLUTION_MS;
    this.#sink.event({ job, event, at, source: "scheduler", resolutionMs, schedulerJob });
    if (former === true) {
      // A job that has started anew since then does not wait any more.
      const { start } = entry.record;
      entry.waits ||= event === "end" && !entry.final && (start === null || start.at < at);
      if (entry.waits) this.#changed(entry);
      return;
    }
    if (event === "submit") entry.schedulerSubmit ??= at;
    if (event !== "start" && event !== "end") return;
    if (entry.record[event]?.source === "wrapper") return;
    const starts = event === "start" && !entry.final && !this.#wraps(job);
    if (event === "start") entry.waits = false;
    entry.record = {
      ...entry.record,
      ...(starts ? { state: "running" } : {}),
      [event]: { at, source: "scheduler", resolutionMs },
    };
    this.#changed(entry);
  }

  outcome({ job, schedulerJob, state, detail, exitCode, nodes, allocatedCores }: JobOutcome): void {
    const entry = this.#entries.get(job);
    if (entry === undefined || entry.surplus.has(schedulerJob)) return;
    const unmet = state === "cancelled" && !entry.cancelRequested ? this.#unmet(entry) : null;
    this.#finish(entry, {
      schedulerJob,
      state,
      detail: unmet === null ? detail : `${detail}: ${unmet}`,
      exitCode: exitCode ?? entry.record.exitCode,
      nodes: nodes.length > 0 ? [...nodes] : entry.record.nodes,
      allocatedCores,
    });
  }

  /** The scheduler calls it completed, but its result shows that it failed. */
  disproved(job: number, why: string): void {
    const entry = this.#entries.get(job);
    if (entry?.record.state !== "completed") return;
    const detail = entry.record.detail;
    this.#write(entry, { state: "failed", detail: detail === null ? why : `${detail}: ${why}` });
  }

  /** The job was accepted, but its end will not become known. Final jobs stay as they are. */
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
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    entry.cancelRequested = true;
    this.#event(job, "cancel", at, "harness", HARNESS_RESOLUTION_MS);
  }

  isFinal(job: number): boolean {
    return this.#entries.get(job)?.final === true;
  }

  record(job: number): JobRecord | undefined {
    return this.#entries.get(job)?.record;
  }

  records(): JobRecord[] {
    return [...this.#entries.values()].map((entry) => entry.record);
  }

  /** All submit calls whose beginning is known. */
  calls(): readonly SubmitCall[] {
    return this.#calls;
  }

  unfinished(): JobRecord[] {
    return [...this.#entries.values()].flatMap((entry) => (entry.final ? [] : [entry.record]));
  }

  allFinal(): boolean {
    return this.#final === this.#entries.size;
  }

  /** Jobs that ran and are final, but whose wrapper's end has not come yet. */
  awaitingWrapper(): number {
    return [...this.#entries].filter(([job, { final, record, wrapperEnd }]) => {
      const ran = final && (record.nodes ?? []).length > 0;
      return ran && !wrapperEnd && this.#wraps(job);
    }).length;
  }

  counts(): Counts {
    return countEntries([...this.#entries.values()], this.#live);
  }

  #unmet({ record }: Entry): string | null {
    const finalState = (job: number) => (this.isFinal(job) ? this.record(job)?.state : undefined);
    return unmetDependency(record.planned, finalState);
  }

  #finish(entry: Entry, change: Partial<JobRecord>): void {
    if (!entry.final) this.#final += 1;
    entry.final = true;
    this.#write(entry, { ...schedulersSubmit(entry, this.#submitResolutionMs), ...change });
  }

  #write(entry: Entry, change: Partial<JobRecord>): void {
    entry.record = { ...entry.record, ...change };
    this.#sink.job(entry.record);
    this.#changed(entry);
  }

  #changed({ record, final, waits }: Entry): void {
    for (const listener of this.#listeners) listener({ record, final, putBack: waits });
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
