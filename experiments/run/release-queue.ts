import type { JobOrder } from "../../workloads/order";
import type { Schedule } from "./schedule";

/** A job of a replay, as far as its release depends on it. */
export interface Timed extends JobOrder {
  readonly id: number;
  readonly submitSeconds: number;
  readonly runSeconds?: number;
}

/** How a job ended: milliseconds since the epoch. */
export interface JobEnd {
  readonly at: number;
  /** When the harness came to know of it. */
  readonly learntAt: number;
  /** It completed. */
  readonly well: boolean;
}

export interface Due<Job> {
  readonly job: Job;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

export interface ReleaseRules<Job> {
  /** The scheduler itself lets the one wait for the end of the other; otherwise the job is held back. */
  readonly native?: (job: Job, other: Job) => boolean;
  /** A due time has become known, or is another than the schedule's. */
  readonly onDue?: (job: Job, dueAt: number) => void;
}

interface Entry<Job> {
  readonly job: Job;
  /** Final once nothing is open; before that the earliest that is possible. */
  dueAt: number;
  /** What it still waits for. */
  open: number;
  /** `held`: due, but its array has as many tasks in the scheduler as it may have. */
  state: "waiting" | "ready" | "held" | "gone";
  /** It has a place among the tasks of its array that may be in the scheduler. */
  placed: boolean;
  /** The job that it follows. */
  before: Entry<Job> | undefined;
  /** A lower bound of its due time, if no job waited. */
  earliest: number;
}

/** Something that an entry waits for. */
interface Condition<Job> {
  readonly entry: Entry<Job>;
  readonly on: "end" | "answer" | "think";
  /** The other job has to end well. */
  readonly well: boolean;
  readonly thinkMs: number;
  met: boolean;
}

interface ArrayState<Job> {
  inScheduler: number;
  readonly held: Entry<Job>[];
}

/**
 * When the jobs of a replay are due, as it becomes known: at their time in the schedule; a think time after
 * the job that they follow; or, where the scheduler does not see to that itself, when the jobs that they
 * depend on have ended, and when their array has a task fewer in the scheduler than its limit. A job that the
 * scheduler lets wait is due in any case, but is not let go before those that it waits for have their numbers.
 * Knows no clock: everything is told.
 */
export class ReleaseQueue<Job extends Timed> {
  readonly #entries = new Map<number, Entry<Job>>();
  readonly #conditions = new Map<number, Condition<Job>[]>();
  readonly #arrays = new Map<number, ArrayState<Job>>();
  readonly #ended = new Set<number>();
  /** By due time, then number, from `#next` on. */
  readonly #ready: Entry<Job>[] = [];
  readonly #hopeless: { readonly job: Job; readonly why: string }[] = [];
  readonly #schedule: Schedule;
  readonly #rules: ReleaseRules<Job>;
  #next = 0;
  #left: number;
  #onChange: () => void = () => {};

  constructor(jobs: readonly Job[], schedule: Schedule, rules: ReleaseRules<Job> = {}) {
    this.#schedule = schedule;
    this.#rules = rules;
    this.#left = jobs.length;
    for (const job of jobs) {
      const dueAt = schedule.startAt + this.#host(job.submitSeconds);
      const entry = { job, dueAt, open: 0, state: "waiting", placed: false } as const;
      this.#entries.set(job.id, { ...entry, before: undefined, earliest: dueAt });
    }
    for (const entry of this.#entries.values()) this.#bind(entry);
    for (const entry of this.#entries.values()) {
      if (entry.open === 0) {
        entry.state = "ready";
        this.#ready.push(entry);
      }
    }
    this.#ready.sort(inOrder);
  }

  /** Jobs that have neither been let go nor been given up. */
  get left(): number {
    return this.#left;
  }

  /** Whether ends and answers matter to the release of any job. */
  get listens(): boolean {
    return this.#conditions.size > 0 || this.#arrays.size > 0;
  }

  /** Calls the listener when a job has become due or hopeless; one listener at a time. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** When the next job is due, as far as is known; Infinity where none is. */
  nextAt(): number {
    this.#skip();
    return this.#ready[this.#next]?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  /** The next job, if it is due; it counts as let go then. */
  take(now: number): Due<Job> | undefined {
    while (this.nextAt() <= now) {
      const entry = this.#ready[this.#next];
      this.#next += 1;
      if (entry === undefined || !this.#place(entry)) continue;
      this.#leave(entry);
      return { job: entry.job, dueAt: entry.dueAt };
    }
    return undefined;
  }

  /** Jobs that can never start, because one that they depend on has not ended well; each is told once. */
  takeHopeless(): { readonly job: Job; readonly why: string }[] {
    return this.#hopeless.splice(0);
  }

  /** The scheduler's number of the job is known. */
  accepted(id: number): void {
    for (const condition of this.#conditions.get(id) ?? []) {
      if (condition.on === "answer") this.#meet(condition);
    }
  }

  /** The job is over, or will never be. */
  ended(id: number, end: JobEnd): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#ended.has(id)) return;
    this.#ended.add(id);
    if (entry.placed) this.#giveUpPlace(entry, end);
    for (const condition of this.#conditions.get(id) ?? []) {
      const { entry: follower, on, well, thinkMs } = condition;
      if (follower.state === "gone") continue;
      if (well && !end.well) {
        this.#giveUp(follower, `job ${id}, on which it depends, did not complete`);
        continue;
      }
      if (on === "think") this.#postpone(follower, Math.max(end.learntAt, end.at + thinkMs));
      if (on === "end") this.#postpone(follower, end.learntAt);
      this.#meet(condition);
    }
  }

  /** Milliseconds since the epoch: no earlier than this is the last job let go. */
  lastDueAt(): number {
    let last = 0;
    for (const entry of this.#entries.values()) {
      const { before, dueAt, job, state } = entry;
      entry.earliest = dueAt;
      if (state === "waiting" && before !== undefined) {
        const seconds = (before.job.runSeconds ?? 0) + (job.previous?.thinkSeconds ?? 0);
        entry.earliest = Math.max(dueAt, before.earliest + this.#host(seconds));
      }
      last = Math.max(last, entry.earliest);
    }
    return last;
  }

  /** Milliseconds of the host for seconds of the jobs. */
  #host(seconds: number): number {
    return (seconds * 1000) / this.#schedule.factor;
  }

  #bind(entry: Entry<Job>): void {
    const { after, array, previous } = entry.job;
    for (const { type, job: id } of after ?? []) {
      const other = this.#entries.get(id);
      if (other === undefined) continue;
      const native = this.#rules.native?.(entry.job, other.job) === true;
      const on = native ? "answer" : "end";
      this.#wait(id, { entry, on, well: type === "afterok", thinkMs: 0, met: false });
    }
    const before = previous && this.#entries.get(previous.job);
    if (previous !== undefined && before !== undefined) {
      entry.before = before;
      entry.dueAt = this.#schedule.startAt;
      const thinkMs = this.#host(previous.thinkSeconds);
      this.#wait(previous.job, { entry, on: "think", well: false, thinkMs, met: false });
    }
    if (array?.limit !== undefined && !this.#arrays.has(array.array)) {
      this.#arrays.set(array.array, { inScheduler: 0, held: [] });
    }
  }

  #wait(id: number, condition: Condition<Job>): void {
    const own = this.#conditions.get(id);
    if (own === undefined) this.#conditions.set(id, [condition]);
    else own.push(condition);
    condition.entry.open += 1;
  }

  #meet(condition: Condition<Job>): void {
    if (condition.met) return;
    condition.met = true;
    const { entry } = condition;
    entry.open -= 1;
    if (entry.open > 0 || entry.state !== "waiting") return;
    this.#makeReady(entry);
  }

  #makeReady(entry: Entry<Job>): void {
    entry.state = "ready";
    this.#rules.onDue?.(entry.job, entry.dueAt);
    let [low, high] = [this.#next, this.#ready.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#ready[middle];
      if (other !== undefined && inOrder(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, entry);
    this.#onChange();
  }

  #postpone(entry: Entry<Job>, until: number): void {
    entry.dueAt = Math.max(entry.dueAt, until);
  }

  /** Whether the job may go, as far as its array is concerned. */
  #place(entry: Entry<Job>): boolean {
    const { array } = entry.job;
    if (array?.limit === undefined || entry.placed) return true;
    const state = this.#arrays.get(array.array);
    if (state === undefined) return true;
    if (state.inScheduler >= array.limit) {
      entry.state = "held";
      state.held.push(entry);
      return false;
    }
    state.inScheduler += 1;
    entry.placed = true;
    return true;
  }

  #giveUpPlace({ job }: Entry<Job>, { learntAt }: JobEnd): void {
    const state = this.#arrays.get(job.array?.array ?? 0);
    if (state === undefined) return;
    state.inScheduler -= 1;
    for (let next = state.held.shift(); next !== undefined; next = state.held.shift()) {
      if (next.state === "gone") continue;
      state.inScheduler += 1;
      next.placed = true;
      this.#postpone(next, learntAt);
      this.#makeReady(next);
      return;
    }
  }

  #giveUp(entry: Entry<Job>, why: string): void {
    this.#leave(entry);
    this.#hopeless.push({ job: entry.job, why });
    this.#onChange();
  }

  #leave(entry: Entry<Job>): void {
    entry.state = "gone";
    this.#left -= 1;
  }

  /** Passes over what was given up after it had become due. */
  #skip(): void {
    while (this.#ready[this.#next]?.state === "gone") this.#next += 1;
  }
}

function inOrder(a: Entry<Timed>, b: Entry<Timed>): number {
  return a.dueAt - b.dueAt || a.job.id - b.job.id;
}
