import { Failure } from "../../base/failure";
import { ArrivalClock, dailyCycle } from "./daily-cycle";
import { requestedTime } from "./estimates";
import type { ModelJob, ModelWorkload } from "./job";
import { type LublinParameters, type LublinType, lublinParameters } from "./lublin-parameters";
import { gamma, randomStreams, type Uniform } from "./random";
import { zipfUsers } from "./users";

/** ln of seconds above which a run time (45 h) or a gap (5 days) is drawn again. */
const longestRun = 12;
const longestGap = 13;

export interface LublinOptions {
  readonly type: LublinType;
  readonly jobs: number;
  /** Processors of the machine. */
  readonly procs: number;
  /** Whole, 32 bits. */
  readonly seed: number;
  readonly users: number;
  /** log2 of the largest size that is drawn, in place of the fit's; the machine limits both. */
  readonly sizeHigh?: number | undefined;
}

/**
 * The rigid jobs of Lublin and Feitelson's model (JPDC 63(11), 2003), from midnight on. A size beyond
 * the machine is drawn again. Users and estimates are not part of that model; see `zipfUsers` and
 * `requestedTime`. Throws Failure for a seed out of range.
 */
export function lublinJobs(options: LublinOptions): ModelWorkload {
  const { type, procs, seed } = options;
  const parameters = lublinParameters[type];
  const size = sizeRange(parameters, options);
  const streams = randomStreams(seed);
  const user = zipfUsers(options.users, streams.users);
  const clock = new ArrivalClock(dailyCycle(parameters.day));
  const jobs: ModelJob[] = [];
  for (let index = 0; index < options.jobs; index += 1) {
    const submit = Math.floor(clock.advance(gapSeconds(parameters, streams.gaps)));
    const drawn = drawSize(parameters, size, procs, streams.sizes);
    const run = runSeconds(parameters, drawn, streams.runs);
    jobs.push({
      submit,
      size: drawn,
      run,
      estimate: requestedTime(run, streams.estimates),
      user: user(),
      type: type === "typeless" ? null : type,
    });
  }
  return {
    jobs,
    notes: [
      `Lublin-Feitelson 2003, ${type}, log2 of the size up to ${size.high}`,
      `${options.users} users by Zipf's law; requests: uniform accuracy, rounded up to popular limits`,
      `seed ${seed}`,
    ],
  };
}

interface SizeRange {
  readonly low: number;
  readonly medium: number;
  readonly high: number;
  readonly lower: number;
}

/** The fit's range, cut to the machine. */
function sizeRange({ size }: LublinParameters, { procs, sizeHigh }: LublinOptions): SizeRange {
  if (!Number.isSafeInteger(procs) || procs < 1) throw new Failure(`${procs} processors`);
  const machine = Math.log2(procs);
  const high = Math.min(sizeHigh ?? size.high ?? machine, machine);
  return {
    low: Math.min(size.low, high),
    medium: Math.min(size.medium, high),
    high,
    lower: size.lower,
  };
}

function drawSize(
  { serial, powerOfTwo }: LublinParameters,
  { low, medium, high, lower }: SizeRange,
  procs: number,
  uniform: Uniform,
): number {
  for (;;) {
    const kind = uniform();
    if (kind < serial) return 1;
    const [from, to] = uniform() < lower ? [low, medium] : [medium, high];
    const log2 = from + uniform() * (to - from);
    const exact = kind < serial + powerOfTwo ? Math.round(log2) : log2;
    const size = Math.round(Math.exp(exact * Math.LN2));
    if (size <= procs) return size;
  }
}

/** Larger jobs run longer: the share of the short first gamma falls with the size. */
function runSeconds({ run }: LublinParameters, size: number, uniform: Uniform): number {
  const short = run.slope * size + run.offset;
  for (;;) {
    const logarithm =
      uniform() < short
        ? gamma(uniform, run.shape1, run.scale1)
        : gamma(uniform, run.shape2, run.scale2);
    if (logarithm <= longestRun) return Math.floor(Math.exp(logarithm));
  }
}

function gapSeconds({ gap }: LublinParameters, uniform: Uniform): number {
  for (;;) {
    const logarithm = gamma(uniform, gap.shape * gap.ratio, gap.scale);
    if (logarithm <= longestGap) return Math.exp(logarithm);
  }
}
