import { setTimeout as delay } from "node:timers/promises";
import type { Executor } from "../remote/executor";

/** How a node that the scheduler does not have comes to be, and ceases to. Acts can be repeated. */
export interface Provisioner {
  /**
   * Returns when the node answers, with everything but the scheduler's daemons.
   * @throws RemoteError, Failure when it does not; the signal's reason.
   */
  start(node: string, signal: AbortSignal): Promise<void>;
  /** The scheduler has let it go. */
  stop(node: string): Promise<void>;
  answers(node: string): Promise<boolean>;
}

/** What turns domains on and off. */
export interface Power {
  /** Returns when the domain runs, which is before it answers; can be repeated. */
  on(node: string): Promise<void>;
  off(node: string): Promise<void>;
}

/** The streams from a node, which end before it does and go on when it is back. */
export interface Streams {
  pause(node: string): Promise<void>;
  resume(node: string): Promise<void>;
}

const PULSE_MS = 5_000;
/** A node that boots refuses connections at first; the wait for it ends with the caller's deadline. */
const BOOT_TRY_MS = 5_000;
const BOOT_PAUSE_MS = 200;
/** A domain that ended while it booted is turned on again. */
const BOOT_AGAIN_MS = 5_000;

async function answers(executor: Executor, node: string, deadlineMs: number): Promise<boolean> {
  try {
    await executor.run(node, "true", { step: "see whether the node answers", deadlineMs });
    return true;
  } catch {
    return false;
  }
}

/** A node that is away is a domain that does not run. */
export class DomainProvisioner implements Provisioner {
  readonly #executor: Executor;
  readonly #power: Power;
  readonly #streams: Streams;
  readonly #prepare: (node: string) => Promise<unknown>;
  readonly #againMs: number;

  /** `prepare` is called for each node that has booted. */
  constructor(
    executor: Executor,
    power: Power,
    streams: Streams,
    prepare: (node: string) => Promise<unknown>,
    againMs = BOOT_AGAIN_MS,
  ) {
    this.#executor = executor;
    this.#power = power;
    this.#streams = streams;
    this.#prepare = prepare;
    this.#againMs = againMs;
  }

  async start(node: string, signal: AbortSignal): Promise<void> {
    await this.#power.on(node);
    let turnedOn = performance.now();
    while (!(await answers(this.#executor, node, BOOT_TRY_MS))) {
      await delay(BOOT_PAUSE_MS, undefined, { signal });
      if (performance.now() - turnedOn < this.#againMs) continue;
      // One that runs is left as it is.
      await this.#power.on(node);
      turnedOn = performance.now();
    }
    signal.throwIfAborted();
    await this.#prepare(node);
    await this.#streams.resume(node);
  }

  async stop(node: string): Promise<void> {
    await this.#streams.pause(node);
    this.#executor.disconnect(node);
    await this.#power.off(node);
  }

  answers(node: string): Promise<boolean> {
    return answers(this.#executor, node, PULSE_MS);
  }
}

/** A node that is away runs; its daemons are the scheduler's to start, after the delay. */
export class DaemonProvisioner implements Provisioner {
  constructor(
    private readonly executor: Executor,
    private readonly delaySeconds: number,
  ) {}

  async start(_node: string, signal: AbortSignal): Promise<void> {
    await delay(this.delaySeconds * 1000, undefined, { signal });
  }

  async stop(): Promise<void> {}

  answers(node: string): Promise<boolean> {
    return answers(this.executor, node, PULSE_MS);
  }
}
