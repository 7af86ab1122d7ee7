import { Failure } from "../../host/failure";
import type { Point } from "./dominance";

/**
 * Volume that the points dominate, up to the reference point; all objectives minimised. Exact in any
 * dimension ≥ 1, up to the rounding of its sums of products. A point that is not better than the
 * reference in every objective adds nothing; dominated and equal points add nothing twice.
 * O(n log n) for two objectives, a factor n more for each further one. Throws Failure on overflow.
 * Sources: Zitzler, Thiele, PPSN 1998; slicing: Knowles, thesis, Reading 2002.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const inside = points.filter((point) => isInside(point, reference));
  const total = volume(inside, reference, reference.length);
  if (Number.isFinite(total)) return total;
  throw new Failure("the hypervolume is beyond the range of a double", {
    remedy: "normalise the objectives first",
  });
}

export function isInside(point: Point, reference: Point): boolean {
  return point.every((value, objective) => value < (reference[objective] ?? Number.NaN));
}

/**
 * Of the first `dimension` objectives. Cuts along the last one: between two neighbouring values the
 * cross-section is the volume, one dimension lower, of the points up to the first value.
 */
function volume(points: readonly Point[], reference: Point, dimension: number): number {
  const last = dimension - 1;
  const limit = reference[last] ?? Number.NaN;
  const depth = (point: Point | undefined) => point?.[last] ?? limit;
  const sorted = [...points].sort((a, b) => depth(a) - depth(b));
  if (dimension === 1) return limit - depth(sorted[0]);
  if (dimension === 2) return area(sorted, reference);
  let total = 0;
  // What a point covers in the cross-section, it covers in all that follow.
  let section: Point[] = [];
  for (const [index, point] of sorted.entries()) {
    if (!section.some((other) => covers(other, point, last))) {
      section = section.filter((other) => !covers(point, other, last));
      section.push(point);
    }
    const thickness = depth(sorted[index + 1]) - depth(point);
    if (thickness > 0) total += thickness * volume(section, reference, last);
  }
  return total;
}

/** In the first `dimension` objectives no worse. */
function covers(a: Point, b: Point, dimension: number): boolean {
  for (let objective = 0; objective < dimension; objective += 1) {
    if ((a[objective] ?? Number.NaN) > (b[objective] ?? Number.NaN)) return false;
  }
  return true;
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
