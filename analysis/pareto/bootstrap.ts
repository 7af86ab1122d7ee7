import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { Failure } from "../../base/failure";
import { dominates, nonDominatedFronts, type Point } from "./dominance";
import { hypervolume } from "./hypervolume";

/** One tuple (topology, scheduler, workload) with the objective values of its repeats, minimised. */
export interface RepeatedTuple {
  readonly name: string;
  readonly repeats: readonly Point[];
}

export interface BootstrapOptions {
  readonly reference: Point;
  /** 32-bit. The same seed gives the same figures. */
  readonly seed: number;
  readonly resamples?: number;
  /** Confidence level of the intervals, such as 0.95. */
  readonly confidence?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Null where a tuple has only one repeat: its variation is unknown, not 0. */
export interface ParetoBootstrap {
  readonly resamples: number;
  readonly confidence: number;
  readonly tuples: readonly {
    readonly name: string;
    readonly repeats: number;
    readonly mean: Point;
    readonly intervals: readonly Interval[] | null;
    /** Percent of the resamples in which no other tuple dominates it. */
    readonly onFront: number | null;
  }[];
  readonly hypervolume: { readonly mean: number; readonly interval: Interval | null };
  /** Percent of the resamples in which `a` dominates `b`, for each ordered pair. */
  readonly dominance: readonly {
    readonly a: string;
    readonly b: string;
    readonly percent: number | null;
  }[];
  /** Why something is null. */
  readonly reasons: readonly string[];
}

/**
 * Percentile bootstrap: each resample draws, for every tuple, as many repeats as it has, with
 * replacement, and compares the tuples' means. Source: Efron, Tibshirani 1993, chapter 13.
 * Throws Failure for a tuple without repeats or of another dimension than the reference.
 */
export function bootstrapPareto(
  tuples: readonly RepeatedTuple[],
  { reference, seed, resamples = 2000, confidence = 0.95 }: BootstrapOptions,
): ParetoBootstrap {
  for (const tuple of tuples) refuse(tuple, reference);
  const generator = xoroshiro128plus(seed);
  const draws = Array.from({ length: resamples }, () =>
    tuples.map(({ repeats }) =>
      mean(repeats.map(() => repeats[uniformInt(generator, 0, repeats.length - 1)] ?? [])),
    ),
  );
  const fronts = draws.map((points) => new Set(nonDominatedFronts(points)[0]));
  const means = tuples.map(({ repeats }) => mean(repeats));
  const single = new Set(tuples.filter(({ repeats }) => repeats.length === 1));
  const percent = (held: readonly boolean[]) => (100 * held.filter(Boolean).length) / resamples;
  const interval = (values: readonly number[]) => percentiles(values, confidence);

  return {
    resamples,
    confidence,
    tuples: tuples.map((tuple, index) => ({
      name: tuple.name,
      repeats: tuple.repeats.length,
      mean: means[index] ?? [],
      intervals: single.has(tuple)
        ? null
        : reference.map((_, axis) => interval(draws.map((points) => points[index]?.[axis] ?? 0))),
      onFront: single.size > 0 ? null : percent(fronts.map((front) => front.has(index))),
    })),
    hypervolume: {
      mean: hypervolume(means, reference),
      interval:
        single.size > 0 ? null : interval(draws.map((points) => hypervolume(points, reference))),
    },
    dominance: tuples.flatMap((a, i) =>
      tuples.flatMap((b, j) => {
        if (i === j) return [];
        const known = !single.has(a) && !single.has(b);
        const held = draws.map((points) => dominates(points[i] ?? [], points[j] ?? []));
        return [{ a: a.name, b: b.name, percent: known ? percent(held) : null }];
      }),
    ),
    reasons: [...single].map(({ name }) => `${name} has one repeat: its variation is unknown`),
  };
}

function refuse({ name, repeats }: RepeatedTuple, reference: Point): void {
  if (repeats.length === 0) throw new Failure(`${name} has no repeat`);
  for (const point of repeats) {
    if (point.length !== reference.length || !point.every(Number.isFinite)) {
      throw new Failure(
        `${name}: expected ${reference.length} finite objectives, got [${point.join(", ")}]`,
      );
    }
  }
}

function mean(points: readonly Point[]): number[] {
  const [first = []] = points;
  return first.map(
    (_, axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length,
  );
}

/** The middle `confidence` of the values, with linear interpolation between neighbours. */
function percentiles(values: readonly number[], confidence: number): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? Number.NaN;
    const above = sorted[Math.ceil(position)] ?? Number.NaN;
    return below + (above - below) * (position - Math.floor(position));
  };
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
