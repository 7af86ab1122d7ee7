import type { Point } from "./dominance";

/** Below this, comparing all pairs is faster than dividing. */
const fewPairs = 64;

/**
 * The front of each point, by the point's place: 0 for points that no point dominates; for any other, 1
 * more than the highest front of the points that dominate it. All objectives are minimised; equal
 * points are on the same front. O(n log n) for one and two objectives, a factor of log n more for each
 * further one. Sources: Jensen, IEEE TEVC 7(5), 2003; Fortin, Grenier, Parizeau, GECCO 2013 (equal
 * values).
 */
export function dominanceRanks(points: readonly Point[]): Int32Array {
  const order = Array.from(points.keys()).sort((a, b) =>
    lexicographic(points[a] ?? [], points[b] ?? []),
  );
  const unique: Point[] = [];
  const places = new Int32Array(points.length);
  for (const index of order) {
    const point = points[index] ?? [];
    const last = unique.at(-1);
    if (last === undefined || lexicographic(last, point) !== 0) unique.push(point);
    places[index] = unique.length - 1;
  }
  const ranks = new Ranking(unique).ranks();
  return places.map((place) => ranks[place] ?? 0);
}

function lexicographic(a: Point, b: Point): number {
  for (const [objective, value] of a.entries()) {
    const other = b[objective] ?? Number.NaN;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** Some of the points by their places, ascending. */
type Places = readonly number[];

/**
 * Divide and conquer over different points in lexicographic order: whatever dominates a point comes
 * before it.
 */
class Ranking {
  private readonly rank: Int32Array;
  /** By objective, then place: the rank of the value among the objective's values, in ascending order. */
  private readonly values: readonly Int32Array[];

  constructor(private readonly points: readonly Point[]) {
    this.rank = new Int32Array(points.length);
    const [first = []] = points;
    this.values = first.map((_, objective) => {
      const column = Float64Array.from(points, (point) => point[objective] ?? Number.NaN);
      return denseRanks(column);
    });
  }

  ranks(): Int32Array {
    this.within(Array.from(this.points.keys()), this.values.length - 1);
    return this.rank;
  }

  /** Ranks the places among each other, by the objectives up to `last`; they are equal in the others. */
  private within(places: Places, last: number): void {
    if (places.length < 2) return;
    if (last < 2) {
      this.sweep([], places);
      return;
    }
    const pivot = this.median(places, last);
    const { low, middle, high } = this.split(places, last, pivot);
    this.within(low, last);
    this.between(low, middle, last - 1);
    this.within(middle, last - 1);
    this.between(merged(low, middle), high, last - 1);
    this.within(high, last);
  }

  /**
   * Raises `above` over those of `below` that are no worse in the objectives up to `last`; in the
   * others they are no worse. The ranks of `below` are final.
   */
  private between(below: Places, above: Places, last: number): void {
    if (below.length === 0 || above.length === 0) return;
    if (below.length * above.length <= fewPairs) this.pairs(below, above, last);
    else if (last < 2) this.sweep(below, above);
    else this.divide(below, above, last);
  }

  private divide(below: Places, above: Places, last: number): void {
    const values = this.values[last] ?? new Int32Array();
    const [least, most] = range(values, below);
    const [leastAbove, mostAbove] = range(values, above);
    if (least > mostAbove) return;
    if (most <= leastAbove) {
      this.between(below, above, last - 1);
      return;
    }
    const pivot = this.median(merged(below, above), last);
    const from = this.split(below, last, pivot);
    const to = this.split(above, last, pivot);
    this.between(from.low, to.low, last);
    this.between(from.low, to.middle, last - 1);
    this.between(from.middle, to.middle, last - 1);
    this.between(merged(from.low, from.middle), to.high, last - 1);
    this.between(from.high, to.high, last);
  }

  private pairs(below: Places, above: Places, last: number): void {
    for (const higher of above) {
      for (const lower of below) if (this.noWorse(lower, higher, last)) this.raise(higher, lower);
    }
  }

  private noWorse(lower: number, higher: number, last: number): boolean {
    for (let objective = 0; objective <= last; objective += 1) {
      const values = this.values[objective] ?? new Int32Array();
      if ((values[lower] ?? 0) > (values[higher] ?? 0)) return false;
    }
    return true;
  }

  private raise(higher: number, lower: number): void {
    this.rank[higher] = Math.max(this.rank[higher] ?? 0, (this.rank[lower] ?? 0) + 1);
  }

  /**
   * The base case, for two objectives: in lexicographic order, each point of `above` gets a rank above
   * the highest rank of the points before it whose second value is no greater. Without `below`, these
   * are the points of `above` themselves.
   */
  private sweep(below: Places, above: Places): void {
    const alone = below.length === 0;
    const all = alone ? above : merged(below, above);
    const second = this.values[1] ?? new Int32Array(this.points.length);
    const steps = denseRanks(Float64Array.from(all, (place) => second[place] ?? 0));
    const highest = new HighestUpTo(all.length);
    let next = 0;
    for (const [at, place] of all.entries()) {
      const step = steps[at] ?? 0;
      const ranked = alone || above[next] === place;
      if (ranked) {
        next += 1;
        this.rank[place] = Math.max(this.rank[place] ?? 0, highest.upTo(step) + 1);
      }
      if (alone || !ranked) highest.put(step, this.rank[place] ?? 0);
    }
  }

  private median(places: Places, objective: number): number {
    const values = this.values[objective] ?? new Int32Array();
    const sorted = Int32Array.from(places, (place) => values[place] ?? 0).sort();
    return sorted[sorted.length >> 1] ?? 0;
  }

  private split(places: Places, objective: number, pivot: number) {
    const values = this.values[objective] ?? new Int32Array();
    const [low, middle, high]: [number[], number[], number[]] = [[], [], []];
    for (const place of places) {
      const value = values[place] ?? 0;
      (value < pivot ? low : value > pivot ? high : middle).push(place);
    }
    return { low, middle, high };
  }
}

/** The highest number put at any step up to a given one: a Fenwick tree. −1 where there is none. */
class HighestUpTo {
  private readonly tree: Int32Array;

  constructor(steps: number) {
    this.tree = new Int32Array(steps + 1).fill(-1);
  }

  put(step: number, value: number): void {
    for (let node = step + 1; node < this.tree.length; node += node & -node) {
      if ((this.tree[node] ?? 0) < value) this.tree[node] = value;
    }
  }

  upTo(step: number): number {
    let highest = -1;
    for (let node = step + 1; node > 0; node -= node & -node) {
      highest = Math.max(highest, this.tree[node] ?? -1);
    }
    return highest;
  }
}

/** For each value, how many different values are less. */
function denseRanks(values: Float64Array): Int32Array {
  const sorted = values.slice().sort();
  const different = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  return Int32Array.from(values, (value) => {
    let [low, high] = [0, different.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((different[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

function range(values: Int32Array, places: Places): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    least = Math.min(least, values[place] ?? 0);
    most = Math.max(most, values[place] ?? 0);
  }
  return [least, most];
}

function merged(a: Places, b: Places): number[] {
  const all: number[] = [];
  let next = 0;
  for (const place of a) {
    while (next < b.length && (b[next] ?? 0) < place) all.push(b[next++] ?? 0);
    all.push(place);
  }
  while (next < b.length) all.push(b[next++] ?? 0);
  return all;
}
