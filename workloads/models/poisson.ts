import { Failure } from "../../base/failure";
import { type Distribution, distributionText, draw } from "./distribution";
import { requestedTime } from "./estimates";
import type { ModelWorkload } from "./job";
import { exponential, randomStreams, type Uniform } from "./random";
import { zipfUsers } from "./users";

/** After this many draws, a size distribution counts as one that gives nothing that fits the machine. */
const mostDraws = 1000;

export interface PoissonOptions {
  readonly jobs: number;
  /** Processors of the machine. */
  readonly procs: number;
  /** Whole, 32 bits. */
  readonly seed: number;
  readonly users: number;
  /** Processors, rounded; sizes outside 1..procs are drawn again. */
  readonly sizes: Distribution;
  /** Seconds, rounded, at least 1. */
  readonly runs: Distribution;
  /** The mean gap in seconds, or the offered load that sets it. */
  readonly arrivals: { readonly meanGap: number } | { readonly load: number };
}

/** Powers of two up to the size of the machine, all equally likely. */
export function powersOfTwo(procs: number): Distribution {
  const values: number[] = [];
  for (let size = 1; size <= procs; size *= 2) values.push(size);
  return { kind: "choice", values, weights: values.map(() => 1) };
}

/**
 * Jobs that arrive as a Poisson process: exponential gaps, independent of sizes and run times. The
 * offered load is the drawn jobs' mean work (size · run) over procs · mean gap. Throws Failure for a
 * seed out of range, and when none of the sizes fits the machine.
 */
export function poissonJobs(options: PoissonOptions): ModelWorkload {
  const { procs, seed, users, sizes, runs } = options;
  const streams = randomStreams(seed);
  const user = zipfUsers(users, streams.users);
  const drawn = Array.from({ length: options.jobs }, () => {
    const run = Math.max(1, Math.round(draw(runs, streams.runs)));
    return { size: drawSize(sizes, procs, streams.sizes), run };
  });
  const meanGap = meanGapOf(options, drawn);
  let clock = 0;
  const jobs = drawn.map(({ size, run }) => {
    clock += exponential(streams.gaps, meanGap);
    const estimate = requestedTime(run, streams.estimates);
    return { submit: Math.floor(clock), size, run, estimate, user: user(), type: null };
  });
  return {
    jobs,
    notes: [
      `Poisson arrivals, mean gap ${meanGap} s`,
      `sizes ${distributionText(sizes)}, run times ${distributionText(runs)}`,
      `${users} users by Zipf's law; requests: uniform accuracy, rounded up to popular limits`,
      `seed ${seed}`,
    ],
  };
}

/** Processors, rounded; those outside 1..procs are drawn again. Throws Failure where none fits. */
export function drawSize(sizes: Distribution, procs: number, uniform: Uniform): number {
  for (let attempt = 0; attempt < mostDraws; attempt += 1) {
    const size = Math.round(draw(sizes, uniform));
    if (size >= 1 && size <= procs) return size;
  }
  throw new Failure(
    `sizes ${distributionText(sizes)}: none of ${mostDraws} lay between 1 and ${procs} processors`,
  );
}

function meanGapOf(
  { arrivals, procs }: PoissonOptions,
  drawn: readonly { readonly size: number; readonly run: number }[],
): number {
  if ("meanGap" in arrivals) return arrivals.meanGap;
  const work = drawn.reduce((sum, { size, run }) => sum + size * run, 0);
  return work / (drawn.length * arrivals.load * procs);
}
