import { setTimeout as delay } from "node:timers/promises";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import type { Membership, NodesSeen } from "../schedulers/adapter";
import type { Provisioner } from "./provisioner";

const LOOK_EVERY_MS = 500;
/** A node that has joined and is not there by then is asked once more. */
const AGAIN_MS = 20_000;

export interface BringBackOptions {
  readonly membership: Membership;
  readonly provisioner: Provisioner;
  /** The nodes that are to be schedulable; others are left alone. */
  readonly nodes: readonly string[];
  /** For all of them together. */
  readonly deadlineMs: number;
  readonly report: Reporter;
}

/**
 * Has every node that is not schedulable join, whatever a policy, a harness that was killed or a failure
 * has left of it. Never throws: who needs the nodes looks whether they are there.
 * @returns the names of those that are not schedulable at the end.
 */
export async function bringBack(options: BringBackOptions): Promise<string[]> {
  const { membership, report, deadlineMs } = options;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const missing = notSchedulable(options, await membership.nodes());
    if (missing.length === 0) return [];
    report(`bringing back ${missing.join(", ")}`);
    for (let left = missing; ; ) {
      const joined = await Promise.all(left.map((node) => comeBack(node, options, signal)));
      const failed = new Set(left.filter((_, index) => !joined[index]));
      const until = performance.now() + AGAIN_MS;
      while (performance.now() < until) {
        left = notSchedulable(options, await membership.nodes());
        if (left.every((node) => failed.has(node)) || signal.aborted) return left;
        await delay(LOOK_EVERY_MS);
      }
    }
  } catch (error) {
    report(`nodes could not be brought back: ${messageOf(error)}`);
    return [...options.nodes];
  }
}

function notSchedulable({ nodes }: BringBackOptions, seen: NodesSeen): string[] {
  const there = new Set(
    seen.nodes.flatMap(({ name, state }) => (state === "schedulable" ? [name] : [])),
  );
  return nodes.filter((node) => !there.has(node));
}

async function comeBack(
  node: string,
  { membership, provisioner, report }: BringBackOptions,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await provisioner.start(node, signal);
    await membership.join(node, signal);
    return true;
  } catch (error) {
    report(`${node} could not be brought back: ${messageOf(error)}`);
    return false;
  }
}
