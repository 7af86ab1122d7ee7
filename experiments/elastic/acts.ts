import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../base/failure";
import { messageOf } from "../../base/thrown";
import type { NodeEventName } from "../../store/elastic-record";
import { steadyNow } from "../run/replay";
import { orStopped } from "../run/stop";
import type { Membership } from "../schedulers/adapter";
import { type ElasticNode, isGone, type Sight } from "./node";
import type { Provisioner } from "./provisioner";

/** What the acts of one pool's nodes work with. */
export interface ActContext {
  readonly membership: Membership;
  readonly provisioner: Provisioner;
  readonly leaving: "finish" | "requeue";
  /** From the decision until the scheduler can use a node that joins. */
  readonly deadlineMs: number;
  /** The run is over: nodes are left as they are. */
  readonly signal: AbortSignal;
  /** An event that the scheduler saw, or one of now. */
  readonly note: (node: string, event: NodeEventName, detail?: string | null, seen?: Sight) => void;
  readonly warn: (message: string) => void;
  readonly times?: Partial<ActTimes>;
}

export interface ActTimes {
  /** Between an attempt that failed and the next one. */
  readonly retryMs: number;
  /** How often a node that joins is asked whether it lives. */
  readonly pulseMs: number;
  /** For how long a node that the scheduler should let go, or that should stop, is tried. */
  readonly patienceMs: number;
  /** For the scheduler's view to show that it has let a node go. */
  readonly goneMs: number;
}

/** A controller that restarts is back by the end of the patience. */
const usual: ActTimes = { retryMs: 1_000, pulseMs: 2_000, patienceMs: 180_000, goneMs: 5_000 };
/** One that is missed could be the network's fault. */
const MISSED_PULSES = 2;

/** How the attempt to have a node ended; `stopped`: with the run. */
export type Ending = "here" | "away" | "given-up" | "lost" | "stopped";

/** Has a node that is away join. Returns when it is schedulable, or nothing of the attempt is left. */
export async function joinNode(node: ElasticNode, context: ActContext): Promise<Ending> {
  const { membership, provisioner, note, signal: over, deadlineMs } = context;
  const { pulseMs } = { ...usual, ...context.times };
  const dead = new AbortController();
  const late = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([over, late, dead.signal]);
  const attempts = new Attempts(context, signal);
  try {
    await attempts.insist(() => provisioner.start(node.name, signal));
    note(node.name, "started");
    const pulse = watchPulse(node.name, provisioner, pulseMs, () => dead.abort());
    try {
      await attempts.insist(() => membership.join(node.name, signal));
      const seen = await node.until(({ state }) => state === "schedulable", signal);
      // A daemon that starts with its node may have been seen before we had connected to the node.
      note(node.name, "schedulable", null, node.stateSince ?? seen);
      return "here";
    } finally {
      clearInterval(pulse);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    if (over.aborted) {
      await attempts.settled();
      return "stopped";
    }
    const ending = dead.signal.aborted ? "lost" : "given-up";
    const why = `not schedulable within ${deadlineMs / 1000} s`;
    note(node.name, ending, ending === "lost" ? "it died while joining" : attempts.why(why));
    await attempts.settled();
    await takeOut(node, context);
    return ending;
  }
}

/** Lets a node go once its jobs are off it. `decided`: the scheduler itself has taken it out already. */
export async function leaveNode(
  node: ElasticNode,
  context: ActContext,
  decided = false,
): Promise<Ending> {
  const { membership, leaving, note, signal } = context;
  const attempts = new Attempts(context, signal);
  try {
    if (!decided) {
      await attempts.insist(() => membership.drain(node.name, leaving));
      const answeredAt = steadyNow();
      const draining = await node.until(({ state }) => state !== "schedulable", signal);
      if (isGone(draining)) return await lose(node, context, draining);
      // Its state may have changed before its scheduler was sure to place nothing more on it.
      const since = node.stateSince ?? draining;
      note(node.name, "draining", null, since.at < answeredAt ? undefined : since);
      const empty = await node.until((sight) => sight.jobs === 0 || isGone(sight), signal);
      if (empty.jobs > 0) return await lose(node, context, empty);
      note(node.name, "drained", null, empty);
    }
    if (await takeOut(node, context)) note(node.name, "left");
    return "away";
  } catch (error) {
    if (!signal.aborted) throw error;
    await attempts.settled();
    return "stopped";
  }
}

/** A node that went away of itself: the scheduler is told, so that its jobs end or are put back now. */
export async function lose(node: ElasticNode, context: ActContext, seen: Sight): Promise<Ending> {
  context.note(node.name, "lost", `the scheduler sees it ${seen.state}`, seen);
  await takeOut(node, context);
  return "lost";
}

/** Nothing of the node is to be left, whether the run goes on or not. @returns whether that is so. */
async function takeOut(node: ElasticNode, context: ActContext): Promise<boolean> {
  const { membership, provisioner, warn } = context;
  const { patienceMs, goneMs } = { ...usual, ...context.times };
  const { name } = node;
  const attempts = new Attempts(context, AbortSignal.timeout(patienceMs));
  try {
    await attempts.insist(async () => {
      await membership.leave(name);
      // A daemon that was slow to end may have told the scheduler once more that its node is there.
      await node.until(isGone, AbortSignal.timeout(goneMs)).catch(() => {
        throw new Failure(`${name} has been taken out, and the scheduler still sees it`);
      });
    });
    await attempts.insist(() => provisioner.stop(name));
    return true;
  } catch (error) {
    await attempts.settled();
    warn(`${name} could not be taken out (the next run does it): ${messageOf(error)}`);
    return false;
  }
}

/** Calls again what failed for a reason that may pass, one at a time, until a signal ends it. */
class Attempts {
  readonly #context: ActContext;
  readonly #signal: AbortSignal;
  #going: Promise<unknown> = Promise.resolve();
  #failure: string | null = null;

  constructor(context: ActContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
  }

  /** @throws once the signal aborts, without waiting for an attempt that is under way. */
  async insist(work: () => Promise<void>): Promise<void> {
    const signal = this.#signal;
    const { retryMs } = { ...usual, ...this.#context.times };
    for (;;) {
      signal.throwIfAborted();
      const going = work();
      this.#going = going.catch(() => {});
      try {
        await orStopped(going, signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        if (this.#failure !== error.message) this.#context.warn(error.message);
        this.#failure = error.message;
      }
      await delay(retryMs, undefined, { signal });
    }
  }

  /** Waits for an attempt that is under way, whose effects would otherwise come later. */
  async settled(): Promise<void> {
    await this.#going;
  }

  /** With what the last attempt failed for, if one did. */
  why(what: string): string {
    return this.#failure === null ? what : `${what}: ${this.#failure}`;
  }
}

/** Calls `dead` when a node has stopped to answer; ends with the timer. */
function watchPulse(
  node: string,
  provisioner: Provisioner,
  everyMs: number,
  dead: () => void,
): NodeJS.Timeout {
  let missed = 0;
  let asking = false;
  return setInterval(async () => {
    if (asking) return;
    asking = true;
    missed = (await provisioner.answers(node)) ? 0 : missed + 1;
    asking = false;
    if (missed >= MISSED_PULSES) dead();
  }, everyMs);
}
