import type { Due, ReleaseQueue, Timed } from "./release-queue";
import { LONGEST_TIMER_MS } from "./timer";

/** When a job was due and when the harness let it go; milliseconds since the epoch. */
export interface Release {
  readonly job: number;
  readonly dueAt: number;
  readonly releasedAt: number;
}

/** A clock with fractions of a millisecond that no step of the host's clock can disturb. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

export interface ReplayActs<Job> {
  /** Must not wait. */
  readonly release: (due: Due<Job>) => void;
  /** The job will never be let go. It has to be told to the queue as one that has ended. */
  readonly giveUp?: (job: Job, why: string) => void;
}

/**
 * Lets each job go at its due time, in order; jobs that are due together go together. Ends when none is left,
 * or, without an error, when the signal aborts.
 */
export async function replay<Job extends Timed>(
  queue: ReleaseQueue<Job>,
  { release, giveUp = () => {} }: ReplayActs<Job>,
  signal: AbortSignal,
): Promise<Release[]> {
  const released: Release[] = [];
  for (;;) {
    // Whatever is given up may be needed by others, which are then hopeless too.
    for (let lost = queue.takeHopeless(); lost.length > 0; lost = queue.takeHopeless()) {
      for (const { job, why } of lost) giveUp(job, why);
    }
    if (queue.left === 0 || signal.aborted) return released;
    const now = steadyNow();
    const due = queue.take(now);
    if (due === undefined) {
      await untilDue(queue, signal);
      continue;
    }
    released.push({ job: due.job.id, dueAt: due.dueAt, releasedAt: now });
    release(due);
  }
}

/** Until the next job is due, or another has become so. A timer counts whole milliseconds and may be early. */
function untilDue<Job extends Timed>(queue: ReleaseQueue<Job>, signal: AbortSignal): Promise<void> {
  const wait = Math.min(Math.ceil(queue.nextAt() - steadyNow()), LONGEST_TIMER_MS);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      queue.onChange(() => {});
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, wait));
    signal.addEventListener("abort", done, { once: true });
    queue.onChange(done);
  });
}
