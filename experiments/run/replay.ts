import { setTimeout as delay } from "node:timers/promises";
import { LONGEST_TIMER_MS } from "./timer";

export interface Timed {
  readonly id: number;
  readonly submitSeconds: number;
}

/** When a job was due and when the harness let it go; milliseconds since the epoch. */
export interface Release {
  readonly job: number;
  readonly dueAt: number;
  readonly releasedAt: number;
}

/** When the replay begins, in milliseconds since the epoch, and how many seconds of the jobs a second takes. */
export interface Schedule {
  readonly startAt: number;
  /** Of the scheduler's clock; 1 for one that goes as the host's. */
  readonly factor: number;
}

/** A clock with fractions of a millisecond that no step of the host's clock can disturb. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** When the last job is due. */
export function scheduleEnd(jobs: readonly Timed[], { startAt, factor }: Schedule): number {
  const last = jobs.reduce((latest, { submitSeconds }) => Math.max(latest, submitSeconds), 0);
  return startAt + (last * 1000) / factor;
}

/**
 * Lets each job go at its due time, in order; jobs that are due together go together. `release` must
 * not wait. Ends early, without an error, when the signal aborts.
 */
export async function replay<Job extends Timed>(
  jobs: readonly Job[],
  { startAt, factor }: Schedule,
  release: (job: Job) => void,
  signal: AbortSignal,
): Promise<Release[]> {
  const released: Release[] = [];
  for (const job of jobs.toSorted((a, b) => a.submitSeconds - b.submitSeconds || a.id - b.id)) {
    const dueAt = startAt + (job.submitSeconds * 1000) / factor;
    // A timer counts whole milliseconds and may fire a fraction of one early.
    for (let wait = dueAt - steadyNow(); wait > 0 && !signal.aborted; wait = dueAt - steadyNow()) {
      await delay(Math.min(Math.ceil(wait), LONGEST_TIMER_MS), undefined, { signal }).catch(
        () => {},
      );
    }
    if (signal.aborted) break;
    released.push({ job: job.id, dueAt, releasedAt: steadyNow() });
    release(job);
  }
  return released;
}
