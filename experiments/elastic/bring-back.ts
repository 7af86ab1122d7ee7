import { setTimeout as delay } from "node:timers/promises";
import type { Reporter } from "../../base/reporter";
import { messageOf } from "../../base/thrown";
import type { Membership } from "../schedulers/adapter";
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
  readonly times?: Partial<BringBackTimes> | undefined;
}

export interface BringBackTimes {
  /** Between an attempt that failed and the next one. */
  readonly retryMs: number;
  /** For how long the scheduler is asked again: a controller that restarts is back by then. */
  readonly patienceMs: number;
}

const usual: BringBackTimes = { retryMs: 2_000, patienceMs: 60_000 };

/**
 * Has every node that is not schedulable join, whatever a policy, a harness that was killed or a failure
 * has left of it. What the scheduler refuses is tried again for a while, but not a node that does not come
 * up. Never throws: who needs the nodes looks whether they are there.
 * @returns the names of those that are not schedulable at the end.
 */
export async function bringBack(options: BringBackOptions): Promise<string[]> {
  const { nodes, deadlineMs } = options;
  const { retryMs, patienceMs } = { ...usual, ...options.times };
  const signal = AbortSignal.timeout(deadlineMs);
  const patience = performance.now() + patienceMs;
  const report = once(options.report);
  /** Null while the scheduler does not say. */
  const look = () => notSchedulable(options, report);
  let left = await look();
  while (left === null && !signal.aborted && performance.now() < patience) {
    await delay(retryMs);
    left = await look();
  }
  if (left === null) return [...nodes];
  if (left.length > 0) report(`bringing back ${left.join(", ")}`);
  const off = new Set<string>();
  while (!left.every((node) => off.has(node)) && !signal.aborted) {
    const tried = left.filter((node) => !off.has(node));
    const ends = await Promise.all(tried.map((node) => comeBack(node, options, report, signal)));
    const failed = new Set(off);
    for (const [index, node] of tried.entries()) {
      if (ends[index] === "off") off.add(node);
      if (ends[index] !== "joined") failed.add(node);
    }
    const until = performance.now() + AGAIN_MS;
    left = (await look()) ?? left;
    while (
      !left.every((node) => failed.has(node)) &&
      performance.now() < until &&
      !signal.aborted
    ) {
      await delay(LOOK_EVERY_MS);
      left = (await look()) ?? left;
    }
    if (left.every((node) => off.has(node)) || left.some((node) => !failed.has(node))) continue;
    if (performance.now() >= patience) break;
    await delay(retryMs);
  }
  return left;
}

/** What is said again is not repeated. */
function once(report: Reporter): Reporter {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    said.add(line);
    report(line);
  };
}

async function notSchedulable(
  { membership, nodes }: BringBackOptions,
  report: Reporter,
): Promise<string[] | null> {
  try {
    const seen = await membership.nodes();
    const there = new Set(
      seen.nodes.flatMap(({ name, state }) => (state === "schedulable" ? [name] : [])),
    );
    return nodes.filter((node) => !there.has(node));
  } catch (error) {
    report(`whether nodes have to be brought back is not known yet: ${messageOf(error)}`);
    return null;
  }
}

/** `off`: the node did not come up. `refused`: the scheduler did not take it. */
async function comeBack(
  node: string,
  { membership, provisioner }: BringBackOptions,
  report: Reporter,
  signal: AbortSignal,
): Promise<"joined" | "refused" | "off"> {
  let up = false;
  try {
    await provisioner.start(node, signal);
    up = true;
    await membership.join(node, signal);
    return "joined";
  } catch (error) {
    report(`${node} could not be brought back: ${messageOf(error)}`);
    return up ? "refused" : "off";
  }
}
