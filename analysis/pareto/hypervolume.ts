import { Failure } from "../../base/failure";
import type { Point } from "./dominance";

/**
 * Volume that the points dominate, up to the reference point; all objectives are minimised. Exact in
 * any dimension ≥ 1, up to the rounding of its sums of products. A point that is not better than the
 * reference in every objective adds nothing; dominated and equal points count once. O(n log n) for two
 * objectives; for three, as many searches of a sorted list, where each change moves the list's tail; a
 * factor of n more for each further objective. Returns a reason where the volume is beyond a double.
 * Sources: Zitzler, Thiele, PPSN 1998; slicing: Knowles, thesis, Reading 2002; three objectives: Beume,
 * Fonseca, López-Ibáñez, Paquete, Vahrenhold, IEEE TEVC 13(5), 2009.
 */
export function knownHypervolume(points: readonly Point[], reference: Point): number | string {
  const inside = points.filter((point) => isInside(point, reference));
  const total = volume(inside, reference, reference.length);
  return Number.isFinite(total)
    ? total
    : "it is beyond the range of a double: normalise the objectives first";
}

/** The same; throws Failure where the volume is beyond a double. */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const total = knownHypervolume(points, reference);
  if (typeof total === "number") return total;
  throw new Failure(`the hypervolume is unknown: ${total}`);
}

export function isInside(point: Point, reference: Point): boolean {
  return point.every((value, objective) => value < (reference[objective] ?? Number.NaN));
}

/**
 * The hypervolume in the first `dimension` objectives. Cuts along the last one: between two
 * neighbouring values, the cross-section is the volume, in one dimension less, of the points up to the
 * first value.
 */
function volume(points: readonly Point[], reference: Point, dimension: number): number {
  const last = dimension - 1;
  const limit = reference[last] ?? Number.NaN;
  const depth = (point: Point | undefined) => point?.[last] ?? limit;
  const sorted = [...points].sort((a, b) => depth(a) - depth(b));
  if (dimension === 1) return limit - depth(sorted[0]);
  if (dimension === 2) return area(sorted, reference);
  const section = dimension === 3 ? new Staircase(reference) : new Section(reference, last);
  let total = 0;
  for (const [index, point] of sorted.entries()) {
    section.add(point);
    const thickness = depth(sorted[index + 1]) - depth(point);
    if (thickness > 0) total += thickness * section.volume();
  }
  return total;
}

/** The points of a cut, in the objectives before the last one; points that others cover are left out. */
class Section {
  private points: Point[] = [];

  constructor(
    private readonly reference: Point,
    private readonly dimension: number,
  ) {}

  add(point: Point): void {
    // What a point covers in the cross-section, it covers in all that follow.
    if (this.points.some((other) => covers(other, point, this.dimension))) return;
    this.points = this.points.filter((other) => !covers(point, other, this.dimension));
    this.points.push(point);
  }

  volume(): number {
    return volume(this.points, this.reference, this.dimension);
  }
}

/** Whether a point is no worse in the first `dimension` objectives. */
function covers(a: Point, b: Point, dimension: number): boolean {
  for (let objective = 0; objective < dimension; objective += 1) {
    if ((a[objective] ?? Number.NaN) > (b[objective] ?? Number.NaN)) return false;
  }
  return true;
}

/**
 * A cut in two objectives, as the steps that no other step covers: the first objective ascends, the
 * second descends.
 */
class Staircase {
  private readonly xs: number[] = [];
  private readonly ys: number[] = [];
  private covered = 0;

  constructor(private readonly reference: Point) {}

  /** Adds what the point covers beyond the existing steps, and removes the steps that it covers. */
  add([x = Number.NaN, y = Number.NaN]: Point): void {
    const { xs, ys, reference } = this;
    const from = this.firstAt(x);
    // The step to the left is the lowest of those that begin before.
    let height = from === 0 ? (reference[1] ?? Number.NaN) : (ys[from - 1] ?? Number.NaN);
    if (height <= y || (xs[from] === x && (ys[from] ?? 0) <= y)) return;
    let left = x;
    let to = from;
    for (; to < xs.length && (ys[to] ?? 0) >= y; to += 1) {
      this.covered += ((xs[to] ?? 0) - left) * (height - y);
      left = xs[to] ?? 0;
      height = ys[to] ?? 0;
    }
    this.covered += ((xs[to] ?? reference[0] ?? Number.NaN) - left) * (height - y);
    xs.splice(from, to - from, x);
    ys.splice(from, to - from, y);
  }

  volume(): number {
    return this.covered;
  }

  /** The first step that begins at `x` or right of it. */
  private firstAt(x: number): number {
    let [low, high] = [0, this.xs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.xs[middle] ?? 0) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The base of the recursion, of points in the order of their second objective. */
function area(sorted: readonly Point[], reference: Point): number {
  let total = 0;
  let width = reference[0] ?? Number.NaN;
  for (const [x = Number.NaN, y = Number.NaN] of sorted) {
    if (x >= width) continue;
    total += (width - x) * ((reference[1] ?? Number.NaN) - y);
    width = x;
  }
  return total;
}
