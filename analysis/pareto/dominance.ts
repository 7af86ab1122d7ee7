/** Objective values of one candidate; every one is minimised. */
export type Point = readonly number[];

/** No worse in any objective and better in at least one. Equal points do not dominate each other. */
export function dominates(a: Point, b: Point): boolean {
  let better = false;
  for (const [objective, value] of a.entries()) {
    const other = b[objective] ?? Number.NaN;
    if (value > other) return false;
    if (value < other) better = true;
  }
  return better;
}

/**
 * Indices of the points by front: the first holds what no point dominates, the next what only points
 * of the first dominate, and so on; each in ascending order. Points are of one dimension.
 * Source: Zhang, Tian, Cheng, Jin, IEEE TEVC 19(2), 2015 (sequential search).
 */
export function nonDominatedFronts(points: readonly Point[]): number[][] {
  const sorted = points.map((point, index) => ({ point, index }));
  // A point can be dominated only by one that comes before it.
  sorted.sort((a, b) => lexicographic(a.point, b.point) || a.index - b.index);
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

function lexicographic(a: Point, b: Point): number {
  for (const [objective, value] of a.entries()) {
    const difference = value - (b[objective] ?? Number.NaN);
    if (difference !== 0) return difference;
  }
  return 0;
}
