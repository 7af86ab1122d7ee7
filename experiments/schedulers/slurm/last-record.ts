import { messageOf } from "../../../base/thrown";
import { RemoteError } from "../../remote/executor";
import { type CompletionRecord, endStates } from "./completion";

/** Time for slurmctld to put a job back, and for the records of several to be asked for at once. */
const ASK_AFTER_MS = 2_000;

/** Ends after which slurmctld may put a job back into the queue. */
const perhapsPutBack: ReadonlySet<string> = new Set(["PREEMPTED", "NODE_FAIL", "BOOT_FAIL"]);

export interface LastRecordOptions {
  readonly deliver: (record: CompletionRecord) => void;
  /** A record that was not the last one: the end of an attempt after which the job was put back. */
  readonly former: (record: CompletionRecord) => void;
  /** States of all jobs that slurmctld knows, by id. @throws RemoteError. */
  readonly states: () => Promise<ReadonlyMap<string, string>>;
  readonly warn: (message: string) => void;
  readonly askAfterMs?: number;
}

/**
 * Passes a job's last completion record on. Slurm also logs a job that goes back to the queue; such a
 * record is held until slurmctld has said whether the job lives on.
 */
export class LastRecords {
  readonly #options: LastRecordOptions;
  readonly #held = new Map<string, CompletionRecord>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LastRecordOptions) {
    this.#options = options;
  }

  record(record: CompletionRecord): void {
    const { schedulerJob, detail } = record.outcome;
    const earlier = this.#held.get(schedulerJob);
    if (earlier !== undefined) this.#options.former(earlier);
    // One that was requeued by hand is logged as PENDING.
    if (endStates.has(detail) && !perhapsPutBack.has(detail)) {
      this.#held.delete(schedulerJob);
      this.#options.deliver(record);
      return;
    }
    this.#held.set(schedulerJob, record);
    this.#later();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#ask().catch((error) => this.#options.warn(messageOf(error)));
    }, this.#options.askAfterMs ?? ASK_AFTER_MS);
  }

  async #ask(): Promise<void> {
    const asked = new Map(this.#held);
    try {
      const states = await this.#options.states();
      for (const [id, record] of asked) {
        // A later record of the job may have come meanwhile.
        if (this.#held.get(id) !== record) continue;
        const state = states.get(id);
        // It may still be put back once it is off its nodes.
        if (state === "COMPLETING") continue;
        this.#held.delete(id);
        if (state === undefined || endStates.has(state)) this.#options.deliver(record);
        else this.#options.former(record);
      }
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      this.#options.warn(error.message);
    } finally {
      this.#timer = undefined;
      if (this.#held.size > 0) this.#later();
    }
  }
}
