import { type Executor, RemoteError } from "../remote/executor";
import { ClusterNotReady } from "../schedulers/not-ready";
import { steadyNow } from "./replay";

export interface ClockOffset {
  /** Node clock minus harness clock. */
  readonly offsetMs: number;
  /** Shortest round trip: the offset is true to half of it. */
  readonly roundTripMs: number;
}

export const CLOCK_LIMIT_MS = 100;
const ROUNDS = 7;
const DEADLINE_MS = 30_000;

/** The exchange with the shortest round trip says most (Cristian 1989). */
export function bestOffset(
  exchanges: readonly { readonly sent: number; readonly node: number; readonly received: number }[],
): ClockOffset | null {
  const [best] = exchanges.toSorted((a, b) => a.received - a.sent - (b.received - b.sent));
  if (best === undefined) return null;
  return {
    offsetMs: best.node - (best.sent + best.received) / 2,
    roundTripMs: best.received - best.sent,
  };
}

/** Asks the node for the time, several times over one channel. @throws RemoteError. */
export async function measureClock(executor: Executor, host: string): Promise<ClockOffset> {
  const step = "compare clocks";
  const command = "bash -c 'while read -r _; do echo \"$EPOCHREALTIME\"; done'";
  let answer: (line: string) => void = () => {};
  const channel = await executor.open(host, command, { step, onLine: (line) => answer(line) });
  const lost = channel.ended.then(() => {
    throw new RemoteError("connection lost", { host, step, command });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RemoteError(`no answer within ${DEADLINE_MS / 1000} s`, { host, step, command }));
    }, DEADLINE_MS);
  });
  try {
    const exchanges = [];
    for (let round = 0; round < ROUNDS; round++) {
      const reply = new Promise<string>((resolve) => {
        answer = resolve;
      });
      const sent = steadyNow();
      channel.write("\n");
      const line = await Promise.race([reply, lost, late]);
      const received = steadyNow();
      exchanges.push({ sent, node: Number(line.replace(",", ".")) * 1000, received });
    }
    const best = bestOffset(exchanges);
    if (best === null || Number.isNaN(best.offsetMs)) {
      throw new RemoteError("the node's clock could not be read", { host, step, command });
    }
    return best;
  } finally {
    clearTimeout(timer);
    lost.catch(() => {});
    channel.close();
  }
}

/** Below it the clock is left alone: no better than a measurement over a busy host. */
const STEP_ABOVE_MS = 20;
const STEP_ATTEMPTS = 4;

/**
 * Shell command that moves the node's clock by this many milliseconds. `date` itself reads and sets
 * it, one right after the other: between a shell's reading and the start of `date` an emulated node
 * can spend some 100 ms.
 */
export function stepScript(byMs: number): string {
  return `date -s '${byMs < 0 ? "-" : "+"}${(Math.abs(byMs) / 1000).toFixed(6)} seconds'`;
}

/**
 * Measures the node's clock, and sets a machine's by the harness's when it is off: a guest starts
 * from a clock of whole seconds. A container has the host's clock. @throws RemoteError.
 */
export async function alignClock(executor: Executor, host: string): Promise<ClockOffset> {
  let measured = await measureClock(executor, host);
  for (let attempt = 0; attempt < STEP_ATTEMPTS; attempt++) {
    if (Math.abs(measured.offsetMs) <= STEP_ABOVE_MS) break;
    const command = stepScript(-measured.offsetMs);
    await executor.run(host, command, { step: "set the clock", deadlineMs: DEADLINE_MS });
    measured = await measureClock(executor, host);
  }
  return measured;
}

/** @throws ClusterNotReady when a clock is further off than any figure may be. */
export function checkClocks(offsets: ReadonlyMap<string, ClockOffset>): void {
  const off = [...offsets].filter(([, { offsetMs }]) => Math.abs(offsetMs) > CLOCK_LIMIT_MS);
  if (off.length === 0) return;
  const list = off
    .map(([name, { offsetMs }]) => `${name} by ${Math.round(offsetMs)} ms`)
    .join(", ");
  throw new ClusterNotReady(`clocks are off: ${list} (at most ${CLOCK_LIMIT_MS} ms)`, {
    remedy: "Set the nodes' clocks (chronyc makestep, or restart the machines), then run again.",
  });
}
