import { setTimeout as delay } from "node:timers/promises";
import { RemoteError } from "../remote/executor";
import type {
  AccountedJob,
  SchedulerAdapter,
  Submission,
  SubmissionKey,
  SubmitAnswer,
} from "../schedulers/adapter";
import { groupDoubles } from "./doubles";
import { orStopped, RunStopped, stopReason } from "./stop";

/** What became of a submission that was not answered for certain. */
export type Fate =
  | { readonly kind: "answered"; readonly answer: SubmitAnswer }
  /** The scheduler has the job. */
  | { readonly kind: "found"; readonly job: AccountedJob; readonly calledAt: number | null }
  /** The scheduler does not have the job, and nothing of it is on its way: hand it over again. */
  | { readonly kind: "absent"; readonly calledAt: number | null };

/** Submissions that are lost together are settled together. */
const GATHER_MS = 1_000;
const RETRY_PAUSE_MS = 2_000;
/** A controller that restarts, or whose link is down for a minute, is back by then. */
const PATIENCE_MS = 180_000;
/** The scheduler may still work on a request that it had got before the call was ended. */
const LOOKS = 2;
const LOOK_GAP_MS = 4_000;
/** munge's credentials are valid for 300 s: a request that is read later is refused. */
const GUARD_MS = 300_000;
const GUARD_EVERY_MS = 10_000;

export interface RecoveryTimes {
  readonly gatherMs?: number;
  readonly pauseMs?: number;
  readonly patienceMs?: number;
  readonly lookGapMs?: number;
  readonly guardMs?: number;
  readonly guardEveryMs?: number;
}

export interface RecoveryOptions {
  readonly adapter: SchedulerAdapter;
  readonly submission: Submission;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** The scheduler has several jobs for one planned job; the surplus is cancelled after this. */
  readonly onDouble: (job: number, kept: string, surplus: readonly string[]) => void;
  readonly times?: RecoveryTimes;
}

interface Open {
  readonly key: SubmissionKey;
  readonly resolve: (fate: Fate) => void;
  readonly reject: (error: unknown) => void;
  /** An answer of the scheduler's client, not of the scheduler. */
  readonly uncertain: SubmitAnswer | null;
}

/**
 * Finds out what became of submissions whose answers were lost: first nothing of them may be on its way
 * any more, then the scheduler's jobs are looked at, ended ones too, by looks that succeeded. One
 * effort serves all that are lost together. After a job was handed over again, it watches for the first
 * hand-over to turn up all the same.
 */
export class Recovery {
  readonly #o: RecoveryOptions;
  readonly #times: Required<RecoveryTimes>;
  #batch: Open[] = [];
  #round: Promise<void> = Promise.resolve();
  /** Submissions whose fate is not known yet. */
  #open = 0;
  #guardUntil = 0;
  #guarding = false;

  constructor(options: RecoveryOptions) {
    this.#o = options;
    this.#times = {
      gatherMs: GATHER_MS,
      pauseMs: RETRY_PAUSE_MS,
      patienceMs: PATIENCE_MS,
      lookGapMs: LOOK_GAP_MS,
      guardMs: GUARD_MS,
      guardEveryMs: GUARD_EVERY_MS,
      ...options.times,
    };
  }

  /** @throws RunStopped when it cannot be found out in time, or the run is stopped. */
  settle(key: SubmissionKey, uncertain: SubmitAnswer | null): Promise<Fate> {
    this.#open += 1;
    const fate = new Promise<Fate>((resolve, reject) => {
      this.#batch.push({ key, uncertain, resolve, reject });
      if (this.#batch.length === 1) this.#round = this.#round.then(() => this.#settleBatch());
    });
    return fate.finally(() => {
      this.#open -= 1;
    });
  }

  async #settleBatch(): Promise<void> {
    await delay(this.#times.gatherMs);
    const batch = this.#batch;
    this.#batch = [];
    try {
      await this.#settleAll(batch);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #settleAll(batch: readonly Open[]): Promise<void> {
    const { submission, adapter } = this.#o;
    let open: (Open & { readonly calledAt: number | null })[] = batch.flatMap((entry) =>
      entry.uncertain === null ? [] : [{ ...entry, calledAt: entry.uncertain.startedAt }],
    );
    const lost = batch.filter(({ uncertain }) => uncertain === null);
    if (lost.length > 0) {
      const settled = await this.#persist("to end submissions without an answer", () =>
        submission.settle(lost.map(({ key }) => key)),
      );
      for (const [index, entry] of lost.entries()) {
        const fate = settled[index];
        if (fate === undefined || fate.kind === "called") {
          open.push({ ...entry, calledAt: fate?.at ?? null });
        } else if (fate.kind === "revoked") entry.resolve({ kind: "absent", calledAt: null });
        else if (!fate.answer.uncertain) entry.resolve(fate);
        else open.push({ ...entry, calledAt: fate.answer.startedAt });
      }
    }
    const looks = submission.idempotent ? 1 : LOOKS;
    for (let look = 1; open.length > 0 && look <= looks; look++) {
      if (look > 1) await this.#pause(this.#times.lookGapMs);
      const jobs = await this.#persist("for a look at the scheduler's jobs", () =>
        adapter.accounting(),
      );
      await this.#cancelDoubles(jobs);
      open = open.filter(({ key, calledAt, resolve }) => {
        const job = jobs.find((known) => known.job === key.job);
        if (job !== undefined) resolve({ kind: "found", job, calledAt });
        return job === undefined;
      });
    }
    if (open.length > 0 && !submission.idempotent) this.#guard();
    for (const { calledAt, resolve } of open) resolve({ kind: "absent", calledAt });
  }

  /** Whether the scheduler may still get a job that nobody expects. */
  uncertain(): boolean {
    return this.#open > 0 || performance.now() < this.#guardUntil;
  }

  /** Ends the watch for doubles. */
  close(): void {
    this.#guardUntil = 0;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#o;
    await delay(ms, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw stopReason(signal);
  }

  /** Again and again until it succeeds: a question without an answer is no answer. */
  async #persist<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { patienceMs, pauseMs } = this.#times;
    const { signal, warn } = this.#o;
    const until = performance.now() + patienceMs;
    for (;;) {
      try {
        return await orStopped(work(), signal);
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        if (performance.now() > until) {
          const waited = `waited ${patienceMs / 1000} s ${what}`;
          throw new RunStopped("failed", `${waited}: ${error.message}`, error);
        }
        warn(`waiting ${what}: ${error.message}`);
      }
      await this.#pause(pauseMs);
    }
  }

  /** From now on, for as long as an earlier request could still be read, looks for doubles. */
  #guard(): void {
    this.#guardUntil = performance.now() + this.#times.guardMs;
    if (this.#guarding) return;
    this.#guarding = true;
    this.#watchForDoubles().catch((error) => {
      if (!this.#o.signal.aborted) this.#o.warn(`doubled jobs are not looked for: ${error}`);
    });
  }

  async #watchForDoubles(): Promise<void> {
    const { adapter, signal, warn } = this.#o;
    try {
      while (performance.now() < this.#guardUntil) {
        await delay(this.#times.guardEveryMs, undefined, { ref: false, signal });
        if (performance.now() >= this.#guardUntil) return;
        try {
          await this.#cancelDoubles(await adapter.accounting());
        } catch (error) {
          if (!(error instanceof RemoteError)) throw error;
          warn(error.message);
        }
      }
    } finally {
      this.#guarding = false;
    }
  }

  async #cancelDoubles(jobs: readonly AccountedJob[]): Promise<void> {
    const { adapter, onDouble, warn } = this.#o;
    for (const { job, kept, surplus } of groupDoubles(jobs)) {
      const others = surplus.map(({ schedulerJob }) => schedulerJob);
      warn(`job ${job} is in the scheduler more than once: ${kept} stays, ${others} cancelled`);
      onDouble(job, kept, others);
      await adapter.cancel(others);
    }
  }
}
