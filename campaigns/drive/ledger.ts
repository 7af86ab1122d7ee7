import type { CampaignPlan, PlannedRun } from "../plan/types";
import { timeLeft } from "../status/time-left";
import { keyOf, type Recorded, type RunEnd } from "./workspace";

export interface Counts {
  readonly planned: number;
  readonly done: number;
  /** Not to be tried again. */
  readonly failed: number;
  readonly running: number;
  /** Neither done, given up nor running. */
  readonly remaining: number;
}

/** What is known of a planned run. */
interface Entry {
  readonly run: PlannedRun;
  completed: boolean;
  /** Of the completed run. */
  seconds: number | null;
  /** In the record, by this driver or an earlier one. */
  failed: number;
  /** Tries of this driver that left no outcome of the tuple's, such as a run that was killed. */
  lost: number;
  reason: string | null;
  running: boolean;
}

/** Which planned runs are done, given up, running or still to do. It knows nothing of clusters. */
export class Ledger {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #retryFailed: number;

  constructor({ runs, retryFailed }: Pick<CampaignPlan, "runs" | "retryFailed">) {
    this.#retryFailed = retryFailed;
    this.#entries = new Map(
      [...runs]
        .sort((one, other) => one.position - other.position)
        .map((run) => [
          keyOf(run),
          {
            ...{ run, completed: false, seconds: null, failed: 0, lost: 0 },
            ...{ reason: null, running: false },
          },
        ]),
    );
  }

  /** Takes over what is recorded; what this driver saw itself stays. */
  read(recorded: ReadonlyMap<string, Recorded>): void {
    for (const [key, { completed, failed, seconds }] of recorded) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      entry.seconds ??= seconds;
      entry.completed ||= completed;
      // What was lost to this driver has turned out to be a failure, and counts once.
      const found = Math.max(0, failed - entry.failed);
      entry.lost = Math.max(0, entry.lost - found);
      entry.failed += found;
    }
  }

  begun(run: PlannedRun): void {
    this.#entry(run).running = true;
  }

  /** `stopped`: the driver itself interrupted it, which is nobody's failure. */
  ended(run: PlannedRun, end: RunEnd, { stopped }: { readonly stopped: boolean }): void {
    const entry = this.#entry(run);
    entry.running = false;
    const completed = end.kind === "ended" && end.status === "completed";
    if (completed) {
      entry.completed = true;
      entry.seconds = end.seconds;
    } else if (end.kind === "ended" && end.status === "failed") entry.failed += 1;
    else if (!stopped) entry.lost += 1;
    entry.reason = completed ? null : end.reason;
  }

  /** The next run to begin on the stack, in the order of the plan; undefined when none is left. */
  next(stack: string): PlannedRun | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.run.stack === stack && this.#isOpen(entry) && !entry.running) return entry.run;
    }
    return undefined;
  }

  /** Runs that were tried as often as they may be, with the last reason. */
  givenUp(): { readonly run: PlannedRun; readonly reason: string | null }[] {
    return [...this.#entries.values()]
      .filter((entry) => !entry.completed && !this.#isOpen(entry))
      .map(({ run, reason }) => ({ run, reason }));
  }

  counts(): Counts {
    const entries = [...this.#entries.values()];
    const count = (is: (entry: Entry) => boolean) => entries.filter(is).length;
    return {
      planned: entries.length,
      done: count(({ completed }) => completed),
      failed: count((entry) => !entry.completed && !this.#isOpen(entry)),
      running: count(({ running }) => running),
      remaining: count((entry) => this.#isOpen(entry) && !entry.running),
    };
  }

  /** Seconds, as {@link timeLeft} has it. */
  timeLeft(clustersAtOnce: number): number {
    const runs = [...this.#entries.values()].map((entry) => ({
      stack: entry.run.stack,
      tuple: entry.run.tuple.hash,
      plannedSeconds: entry.run.tuple.workload.seconds,
      seconds: entry.seconds,
      open: this.#isOpen(entry),
    }));
    return timeLeft(runs, clustersAtOnce);
  }

  #isOpen({ completed, failed, lost }: Entry): boolean {
    return !completed && failed + lost <= this.#retryFailed;
  }

  #entry(run: PlannedRun): Entry {
    const entry = this.#entries.get(keyOf(run));
    if (entry === undefined) throw new Error(`run ${run.position} is not in the plan`);
    return entry;
  }
}
