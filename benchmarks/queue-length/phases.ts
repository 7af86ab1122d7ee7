import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { costBetween } from "../../experiments/run/collect";
import { steadyNow } from "../../experiments/run/replay";
import type { SchedulerAdapter } from "../../experiments/schedulers/adapter";
import type { DaemonRecord } from "../../store/record";
import type { CycleCounters } from "./cycle";
import { occupation, releases, type Window } from "./history";
import type { DaemonUse, Row } from "./result";
import type { StandingQueue } from "./standing-queue";

const LOOK_MS = 1_000;
const SAY_MS = 5_000;
/** The queue is steady when so many looks in a row, this far apart, show nearly as many running jobs. */
const STEADY_LOOKS = 3;
const STEADY_LOOK_MS = 5_000;
const STEADY_SHARE = 0.02;
const STEADY_LEAST = 4;
/** How long after the window a start may still be awaited that follows an end in it. */
const TAIL_MS = 30_000;

export interface Bench {
  readonly adapter: SchedulerAdapter;
  readonly queue: StandingQueue;
  readonly counters: CycleCounters | null;
  /** Name of the controller. */
  readonly controller: string;
  readonly offsetMs: number;
  readonly places: number;
  /** For filling, and again for settling, at each length. */
  readonly patienceMs: number;
  readonly windowMs: number;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

/** Brings the queue to this length and measures there. @throws Failure when it does not get there in time. */
export async function measureAt(bench: Bench, waiting: number): Promise<Row> {
  const { queue, places, report } = bench;
  report(`${waiting} waiting: submitting until ${places + waiting} jobs are in the scheduler`);
  const begun = steadyNow();
  queue.grow(places + waiting);
  await filled(bench);
  const full = steadyNow();
  await settled(bench);
  const steady = steadyNow();
  report(`${waiting} waiting: measuring for ${bench.windowMs / 1000} s`);
  const row = await measured(bench, waiting);
  return { ...row, fillSeconds: (full - begun) / 1000, settleSeconds: (steady - full) / 1000 };
}

async function filled({ queue, patienceMs, signal, report }: Bench): Promise<void> {
  const until = steadyNow() + patienceMs;
  for (let said = steadyNow(); !queue.answered; ) {
    const { inside, running } = queue.counts;
    if (steadyNow() > until) {
      throw new Failure(`the scheduler has accepted ${inside} jobs in ${patienceMs / 1000} s`, {
        remedy: "Give it more with --patience, or ask for a shorter queue.",
      });
    }
    if (steadyNow() - said >= SAY_MS) {
      report(`${inside} jobs accepted, ${running} known to run`);
      said = steadyNow();
    }
    await delay(LOOK_MS, undefined, { signal });
  }
}

/**
 * Waits until the number of running jobs has stopped to change, be the cluster full or not: a scheduler that cannot
 * keep it full is to be measured like that.
 */
async function settled(bench: Bench): Promise<void> {
  const { queue, places, patienceMs, signal, report } = bench;
  const until = steadyNow() + patienceMs;
  const margin = Math.max(STEADY_LEAST, STEADY_SHARE * places);
  let [looks, before] = [0, Number.NEGATIVE_INFINITY];
  for (;;) {
    await askForStarts(bench);
    const { running, inside } = queue.counts;
    looks = running > 0 && Math.abs(running - before) <= margin ? looks + 1 : 0;
    before = running;
    report(`settling: ${running} of ${places} places taken, ${inside - running} jobs wait`);
    if (looks >= STEADY_LOOKS) return;
    if (steadyNow() > until) {
      throw new Failure(
        `the number of running jobs was not steady within ${patienceMs / 1000} s: it is ${running}`,
        { remedy: "Give it more with --patience." },
      );
    }
    await delay(STEADY_LOOK_MS, undefined, { signal });
  }
}

/** Of a scheduler that tells of starts only once the job has ended. */
async function askForStarts({ adapter, queue }: Bench): Promise<void> {
  if (!adapter.capabilities.liveMoments) queue.absorb(await adapter.accounting());
}

async function measured(bench: Bench, waiting: number) {
  const { adapter, queue, counters, places, windowMs, offsetMs, signal } = bench;
  const now = () => steadyNow() + offsetMs;
  await counters?.begin();
  const before = await adapter.daemons({ resetPeak: true });
  const from = now();
  await delay(windowMs, undefined, { signal });
  const window: Window = { from, to: now() };
  const daemons = usedBy(costBetween(before, await adapter.daemons()), bench.controller);
  const cycles = (await counters?.end()) ?? null;
  const release = await observedReleases(bench, window);
  const { meanWaiting, meanRunning, started, ended } = occupation(queue.times(), window);
  const { resolutionMs } = adapter.capabilities;
  return {
    waiting,
    meanWaiting,
    busyShare: meanRunning / places,
    seconds: (window.to - window.from) / 1000,
    started,
    ended,
    daemons,
    cpuSecondsAJob: started === 0 ? null : controllerSeconds(daemons) / started,
    release: {
      ...release,
      resolutionMs: Math.max(resolutionMs.start ?? 0, resolutionMs.end ?? 0),
    },
    cycles,
  };
}

/** Once every end in the window has its successor, or it is too late for one. */
async function observedReleases(bench: Bench, window: Window) {
  const until = steadyNow() + TAIL_MS;
  for (;;) {
    await askForStarts(bench);
    const seen = releases(bench.queue.times(), bench.places, window);
    if (seen.open === 0 || steadyNow() > until) return seen;
    await delay(LOOK_MS, undefined, { signal: bench.signal });
  }
}

/** Cores that the controller's daemons use while there is no job. */
export async function idleCores(bench: Omit<Bench, "queue">, seconds: number): Promise<number> {
  const { adapter, controller, signal } = bench;
  const before = await adapter.daemons();
  const from = steadyNow();
  await delay(seconds * 1000, undefined, { signal });
  const used = usedBy(costBetween(before, await adapter.daemons()), controller);
  return (controllerSeconds(used) * 1000) / (steadyNow() - from);
}

function controllerSeconds(daemons: readonly DaemonUse[]): number {
  return daemons
    .filter(({ place }) => place === "controller")
    .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** By daemon and place; the greatest first. */
function usedBy(costs: readonly DaemonRecord[], controller: string): DaemonUse[] {
  const uses = new Map<string, DaemonUse>();
  for (const { node, daemon, cpuSeconds } of costs) {
    const place = node === controller ? "controller" : "nodes";
    const known = uses.get(`${place} ${daemon}`)?.cpuSeconds ?? 0;
    uses.set(`${place} ${daemon}`, { daemon, place, cpuSeconds: known + cpuSeconds });
  }
  return [...uses.values()].toSorted((a, b) => b.cpuSeconds - a.cpuSeconds);
}
