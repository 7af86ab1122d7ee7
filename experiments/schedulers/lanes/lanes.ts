import { setTimeout as delay } from "node:timers/promises";
import type { Channel, RemoteError } from "../../remote/executor";
import type { SubmissionKey, SubmitAnswer } from "../adapter";
import { claimKey, encodeSubmission, parseWord, type SubmitCall } from "./claims";

const REOPEN_PAUSE_MS = 1_000;
/** How long lanes that are lost are opened again before what waits for them is given up. */
const REOPEN_MS = 120_000;

/** One submission on its way. */
interface Item {
  readonly key: string;
  readonly line: string;
  readonly resolve: (answer: SubmitAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Lane {
  readonly channel: Channel;
  /** What it was handed and has not answered, by key. */
  readonly taken: Map<string, Item>;
}

export interface LaneOptions {
  readonly call: SubmitCall;
  /** Lanes that are kept open. */
  readonly size: number;
  /** Submissions that a lane has at most, answered ones left out. */
  readonly depth: number;
  /** Opens a lane and says its number. @throws RemoteError. */
  readonly open: (lane: number, onLine: (line: string) => void) => Promise<Channel>;
  readonly nextLane: () => number;
  /** Told which lane has a submission, before the lane does. */
  readonly onTaken: (key: string, lane: number) => void;
  readonly gone: (what: string, stderr: string, code: number | null) => RemoteError;
  readonly reopenMs?: number;
  readonly pauseMs?: number;
}

/**
 * One user's submitters and the jobs that none of them has taken yet. Whoever rejects a job has taken
 * it out of queue and lane before, so that no job is handed over after its caller was told otherwise.
 * Lanes that are lost are opened again by one effort for all that wait.
 */
export class Lanes {
  readonly #options: LaneOptions;
  readonly #waiting: Item[] = [];
  readonly #lanes = new Map<Lane, number>();
  #reopening = false;
  #stopped = false;
  /** Since when lanes have been lost without an answer in between. */
  #troubleSince: number | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Opens all lanes. @throws RemoteError when one cannot be opened. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.size }, () => this.#addLane()));
  }

  submit(key: SubmissionKey, script: string): Promise<SubmitAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) {
        reject(this.#options.gone("the submission was stopped", "", null));
        return;
      }
      const name = claimKey(key.job, key.submission);
      this.#waiting.push({ key: name, line: encodeSubmission(name, script), resolve, reject });
      this.#feed();
      if (this.#lanes.size === 0) this.#reopen();
    });
  }

  /** Refuses what waits and what is to come; what lanes have taken goes on. */
  stop(): void {
    this.#stopped = true;
    this.#refuse(this.#options.gone("the submission was stopped", "", null));
  }

  /** Keys that lanes have and have not answered. */
  taken(): string[] {
    return [...this.#lanes.keys()].flatMap(({ taken }) => [...taken.keys()]);
  }

  /** Resolves once no lane has anything left to answer. */
  async idle(signal: AbortSignal): Promise<void> {
    while (this.taken().length > 0 && !signal.aborted) {
      await delay(20, undefined, { signal }).catch(() => {});
    }
  }

  close(): void {
    this.stop();
    for (const { channel } of this.#lanes.keys()) channel.close();
  }

  async #addLane(): Promise<void> {
    const number = this.#options.nextLane();
    const taken = new Map<string, Item>();
    const channel = await this.#options.open(number, (line) => this.#said(taken, line));
    const lane = { channel, taken };
    this.#lanes.set(lane, number);
    channel.ended.then(({ stderr, code }) => {
      this.#lanes.delete(lane);
      this.#troubleSince ??= performance.now();
      const lost = [...taken.values()];
      taken.clear();
      for (const item of lost)
        item.reject(this.#options.gone("the submitter is gone", stderr, code));
      this.#reopen();
    });
    if (this.#stopped) channel.close();
    else this.#feed();
  }

  #said(taken: Map<string, Item>, line: string): void {
    const word = parseWord(line, this.#options.call);
    const item = word === null ? undefined : taken.get(word.key);
    if (word === null || item === undefined) return;
    taken.delete(word.key);
    this.#troubleSince = null;
    if (word.kind === "answer") item.resolve(word.answer);
    else
      item.reject(this.#options.gone(`the submission ${word.key} was claimed already`, "", null));
    this.#feed();
  }

  #reopen(): void {
    if (this.#reopening || this.#stopped) return;
    this.#reopening = true;
    this.#troubleSince ??= performance.now();
    this.#openMissing().finally(() => {
      this.#reopening = false;
      // One may have been lost in the moment in which the last was found to be there.
      if (this.#lanes.size === 0 && this.#waiting.length > 0) this.#reopen();
    });
  }

  async #openMissing(): Promise<void> {
    const { size, reopenMs = REOPEN_MS, pauseMs = REOPEN_PAUSE_MS } = this.#options;
    while (!this.#stopped && this.#lanes.size < size) {
      const missing = Array.from({ length: size - this.#lanes.size }, () => this.#addLane());
      const failed = (await Promise.allSettled(missing)).find(
        ({ status }) => status === "rejected",
      );
      const since = this.#troubleSince;
      if (since !== null && performance.now() - since > reopenMs && this.#lanes.size === 0) {
        const { reason } = (failed as PromiseRejectedResult | undefined) ?? {};
        this.#refuse(
          reason instanceof Error
            ? reason
            : this.#options.gone("submitters end as soon as they are opened", "", null),
        );
        return;
      }
      await delay(pauseMs);
    }
  }

  #refuse(error: Error): void {
    for (const item of this.#waiting.splice(0)) item.reject(error);
  }

  /** Idle lanes first, so that a job waits for another only when all are busy. */
  #feed(): void {
    for (let depth = 0; depth < this.#options.depth; depth++) {
      for (const [{ channel, taken }, number] of this.#lanes) {
        if (taken.size !== depth) continue;
        const item = this.#waiting.shift();
        if (item === undefined) return;
        taken.set(item.key, item);
        this.#options.onTaken(item.key, number);
        channel.write(item.line);
      }
    }
  }
}
