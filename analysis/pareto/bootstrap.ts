import { Failure } from "../../base/failure";
import { meanOverLists, resampledMeans } from "../statistics/hierarchical-bootstrap";
import { onCommonLists, type Sample } from "../statistics/job-lists";
import { type Interval, middle } from "../statistics/quantile";
import { covered, coveredByAll, type Source } from "../statistics/sources";
import { type VarianceComponents, varianceComponents } from "../statistics/variance-components";
import { dominates, nonDominatedFronts } from "./dominance";
import { hypervolume } from "./hypervolume";
import type { Point } from "./point";

/** One tuple (topology, scheduler, workload) with the objective values of its runs, minimised. */
export interface RepeatedTuple {
  readonly name: string;
  readonly sample: Sample<Point>;
}

export interface ParetoBootstrapOptions {
  readonly reference: Point;
  /** 32-bit. The same seed gives the same figures. */
  readonly seed: number;
  readonly resamples?: number;
  /** Confidence level of the intervals, such as 0.95. */
  readonly confidence?: number;
}

/** Null where a tuple has a single run: its variation is unknown, not 0. */
export interface ParetoBootstrap {
  readonly resamples: number;
  readonly confidence: number;
  /** Job lists that all tuples have; the others are left out. */
  readonly jobLists: number;
  readonly leftOut: number;
  /** What varies in the resamples of all tuples: the sources that hypervolume and dominance cover. */
  readonly covers: readonly Source[];
  readonly tuples: readonly {
    readonly name: string;
    /** Runs on the common job lists. */
    readonly runs: number;
    readonly mean: Point;
    readonly intervals: readonly Interval[] | null;
    /** The sources that its intervals cover. */
    readonly covers: readonly Source[];
    /** By objective, in the square of its unit. */
    readonly variance: readonly VarianceComponents[];
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
 * Hierarchical percentile bootstrap of the tuples' means (`resampledMeans`), which are compared in each
 * resample: the drawn job lists are the same for all tuples. Source of the intervals: Efron, Tibshirani
 * 1993, chapter 13. Throws Failure for a tuple without runs or of another dimension than the reference,
 * and for tuples without a common job list.
 */
export function bootstrapPareto(
  tuples: readonly RepeatedTuple[],
  { reference, seed, resamples = 2000, confidence = 0.95 }: ParetoBootstrapOptions,
): ParetoBootstrap {
  for (const tuple of tuples) refuse(tuple, reference);
  const { samples, jobLists, leftOut } = onCommonLists(tuples.map(({ sample }) => sample));
  if (jobLists.length === 0) throw new Failure("the tuples have no job list in common");
  const draws = resampledMeans(samples, { seed, resamples });
  const fronts = draws.map((points) => new Set(nonDominatedFronts(points)[0]));
  const means = samples.map(meanOverLists);
  const single = samples.map((sample) => covered(sample).length === 0);
  const known = !single.includes(true);
  const percent = (held: readonly boolean[]) => (100 * held.filter(Boolean).length) / resamples;
  const interval = (values: readonly number[]) => middle(values, confidence);

  return {
    resamples,
    confidence,
    jobLists: jobLists.length,
    leftOut: leftOut.length,
    covers: coveredByAll(samples),
    tuples: samples.map((sample, index) => ({
      name: tuples[index]?.name ?? "",
      runs: sample.reduce((sum, { repeats }) => sum + repeats.length, 0),
      mean: means[index] ?? [],
      intervals: single[index]
        ? null
        : reference.map((_, axis) => interval(draws.map((points) => points[index]?.[axis] ?? 0))),
      covers: covered(sample),
      variance: reference.map((_, axis) => varianceComponents(alongAxis(sample, axis))),
      onFront: known ? percent(fronts.map((front) => front.has(index))) : null,
    })),
    hypervolume: {
      mean: hypervolume(means, reference),
      interval: known ? interval(draws.map((points) => hypervolume(points, reference))) : null,
    },
    dominance: tuples.flatMap((a, i) =>
      tuples.flatMap((b, j) => {
        if (i === j) return [];
        const held = draws.map((points) => dominates(points[i] ?? [], points[j] ?? []));
        return [{ a: a.name, b: b.name, percent: single[i] || single[j] ? null : percent(held) }];
      }),
    ),
    reasons: tuples
      .filter((_, index) => single[index])
      .map(({ name }) => `${name} has one run: its variation is unknown`),
  };
}

function refuse({ name, sample }: RepeatedTuple, reference: Point): void {
  const points = sample.flatMap(({ repeats }) => repeats);
  if (points.length === 0) throw new Failure(`${name} has no run`);
  for (const point of points) {
    if (point.length !== reference.length || !point.every(Number.isFinite)) {
      throw new Failure(
        `${name}: expected ${reference.length} finite objectives, got [${point.join(", ")}]`,
      );
    }
  }
}

function alongAxis(sample: Sample<Point>, axis: number): Sample<number> {
  return sample.map(({ jobList, repeats }) => ({
    jobList,
    repeats: repeats.map((point) => point[axis] ?? Number.NaN),
  }));
}
