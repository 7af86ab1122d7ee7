import { dominates, nonDominatedFronts } from "../analysis/pareto/dominance";
import { hypervolume } from "../analysis/pareto/hypervolume";
import type { Point } from "../analysis/pareto/point";

// Fronts of random points and of points that are all on one front, beside the sequential search of
// Zhang et al. (IEEE TEVC 19(2), 2015), which compares each point with every front; both in CPU time, in
// turns, and the fronts have to be equal. Then what the promises of docs/pareto.md take.
// Usage: npx tsx benchmarks/pareto.ts
const repeats = 3;
const sizes = [1000, 5000] as const;

/** Deterministic, and evenly spread enough. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** In the unit cube, or on the part of a sphere where none dominates another. */
function pointsOf(count: number, dimension: number, sphere: boolean): Point[] {
  const next = randoms(count + dimension);
  return Array.from({ length: count }, () => {
    const point = Array.from({ length: dimension }, next);
    if (!sphere) return point;
    const length = Math.hypot(...point);
    return point.map((value) => 1 - value / length);
  });
}

function sequential(points: readonly Point[]): number[][] {
  const sorted = points.map((point, index) => ({ point, index }));
  sorted.sort((a, b) => {
    const axis = a.point.findIndex((value, objective) => value !== b.point[objective]);
    return axis === -1 ? a.index - b.index : (a.point[axis] ?? 0) - (b.point[axis] ?? 0);
  });
  const fronts: { point: Point; index: number }[][] = [];
  for (const candidate of sorted) {
    const home = fronts.find(
      (front) => !front.some(({ point }) => dominates(point, candidate.point)),
    );
    if (home === undefined) fronts.push([candidate]);
    else home.push(candidate);
  }
  return fronts.map((front) => front.map(({ index }) => index).sort((a, b) => a - b));
}

function seconds(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function compare(count: number, dimension: number, sphere: boolean): void {
  const points = pointsOf(count, dimension, sphere);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    let [own, other]: [number[][], number[][]] = [[], []];
    ours.push(
      seconds(() => {
        own = nonDominatedFronts(points);
      }),
    );
    theirs.push(
      seconds(() => {
        other = sequential(points);
      }),
    );
    if (JSON.stringify(own) !== JSON.stringify(other)) throw new Error("the fronts differ");
  }
  const [mine, plain] = [median(ours), median(theirs)];
  console.log(
    `${count} points, ${dimension} objectives, ${sphere ? "one front" : "random"}: ` +
      `${mine.toFixed(3)} s; sequential search ${plain.toFixed(3)} s, ` +
      `${(plain / mine).toFixed(1)} times as long`,
  );
}

/** What docs/pareto.md says, all points on one front. */
const promises = [
  { count: 100_000, dimension: 2, limit: 1 },
  { count: 20_000, dimension: 3, limit: 1 },
  { count: 500, dimension: 4, limit: 1 },
] as const;

function main(): void {
  for (const dimension of [2, 3, 4]) {
    for (const count of sizes)
      for (const sphere of [false, true]) compare(count, dimension, sphere);
  }
  for (const { count, dimension, limit } of promises) {
    const points = pointsOf(count, dimension, true);
    const fronts = seconds(() => {
      nonDominatedFronts(points);
    });
    const volume = seconds(() => {
      hypervolume(points, Array(dimension).fill(1));
    });
    console.log(
      `${count} points, ${dimension} objectives, one front: fronts ${fronts.toFixed(3)} s, ` +
        `hypervolume ${volume.toFixed(3)} s`,
    );
    if (fronts + volume > limit) process.exitCode = 1;
  }
}

main();
