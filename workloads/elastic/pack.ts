import type { Demand } from "./demand";
import { Room } from "./room";

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
  /** What the jobs so far will leave of the demand when each step begins. */
  const room = new Room(steps.map(({ cores }) => cores));
  const running = new Ends();
  let inUse = 0;
  let next = draw();
  for (const [step, { at, cores }] of steps.entries()) {
    const until = steps[step + 1]?.at ?? end;
    for (let now = at; now < until; now = running.first() ?? until) {
      inUse -= running.endAt(now);
      while (2 * (cores - inUse) >= next.cores) {
        const beyond = firstFrom(steps, now + next.run);
        const full = room.firstBelow(step + 1, beyond, next.cores / 2);
        const latest = full === undefined ? end : (steps[full]?.at ?? end);
        const run = Math.min(next.run, latest - now);
        if (run < shortest) break;
        packed.push({ candidate: next, submit: now, run });
        if (packed.length > most) return packed;
        room.take(step + 1, full ?? beyond, next.cores);
        inUse += next.cores;
        running.add(now + run, next.cores);
        next = draw();
      }
    }
  }
  return packed;
}

/** The first step that begins at this time or later; their number where none does. */
function firstFrom(steps: Demand["steps"], time: number): number {
  return lowerBound(steps.length, (index) => (steps[index]?.at ?? time) < time);
}

/** The first index of an ascending list of this length that is not before what is looked for. */
function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
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
    const place = lowerBound(this.times.length, (index) => (this.times[index] ?? 0) < time);
    this.times.splice(place, 0, time);
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
