import type { Demand } from "./demand";

/** A job that could be submitted next. */
export interface Candidate {
  readonly cores: number;
  /** Whole milliseconds, at least the shortest run. */
  readonly run: number;
}

export interface Packed<C extends Candidate> {
  readonly candidate: C;
  /** Whole milliseconds from the start. */
  readonly submit: number;
  /** Milliseconds; shorter than the candidate's where the demand falls before its end. */
  readonly run: number;
}

/**
 * Jobs whose cores follow the demand if each one starts when it is submitted. Pure but for the draws,
 * which are used in the order in which they are made, each once.
 *
 * The next job is submitted as soon as the demand is above the cores in use by at least half of its
 * own, and runs as drawn, or until its cores would exceed a later demand by more than half of them. So
 * with L the cores of the largest job, at every instant: the cores in use are at most demand + L/2, and
 * above demand − L/2, except within `shortest` milliseconds before the demand falls or ends, when no job
 * that short is begun.
 *
 * @param most jobs; one more is returned where the demand needs more.
 */
export function packDemand<C extends Candidate>(
  { steps, end }: Demand,
  draw: () => C,
  { shortest, most }: { readonly shortest: number; readonly most: number },
): Packed<C>[] {
  const packed: Packed<C>[] = [];
  /** Cores that the jobs so far will still have in use when each step begins. */
  const committed = new Float64Array(steps.length);
  const running = new Ends();
  let inUse = 0;
  let next = draw();

  /** Until when the next job may run that begins at `now`, in a step. */
  const latestEnd = (now: number, step: number): number => {
    for (let later = step + 1; later < steps.length; later += 1) {
      const { at = end, cores = 0 } = steps[later] ?? {};
      if (at >= now + next.run) break;
      if (2 * (cores - (committed[later] ?? 0)) < next.cores) return at;
    }
    return end;
  };

  for (const [step, { at, cores }] of steps.entries()) {
    const until = steps[step + 1]?.at ?? end;
    for (let now = at; now < until; now = running.first() ?? until) {
      inUse -= running.endAt(now);
      while (2 * (cores - inUse) >= next.cores) {
        const run = Math.min(next.run, latestEnd(now, step) - now);
        if (run < shortest) break;
        packed.push({ candidate: next, submit: now, run });
        if (packed.length > most) return packed;
        for (let later = step + 1; (steps[later]?.at ?? end) < now + run; later += 1) {
          committed[later] = (committed[later] ?? 0) + next.cores;
        }
        inUse += next.cores;
        running.add(now + run, next.cores);
        next = draw();
      }
    }
  }
  return packed;
}

/** Ends of the running jobs, in order; those of one instant are one entry. */
class Ends {
  private readonly cores = new Map<number, number>();
  private readonly times: number[] = [];

  first(): number | undefined {
    return this.times[0];
  }

  add(time: number, cores: number): void {
    const there = this.cores.get(time);
    this.cores.set(time, (there ?? 0) + cores);
    if (there !== undefined) return;
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    this.times.splice(low, 0, time);
  }

  /** The cores of the jobs that end up to now, which are forgotten. */
  endAt(now: number): number {
    let freed = 0;
    while ((this.times[0] ?? Number.POSITIVE_INFINITY) <= now) {
      const time = this.times.shift() ?? now;
      freed += this.cores.get(time) ?? 0;
      this.cores.delete(time);
    }
    return freed;
  }
}
