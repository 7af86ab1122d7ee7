import type { Point } from "./point";
import { dominanceRanks } from "./ranks";

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
 */
export function nonDominatedFronts(points: readonly Point[]): number[][] {
  const fronts: number[][] = [];
  for (const [index, rank] of dominanceRanks(points).entries()) {
    while (fronts.length <= rank) fronts.push([]);
    fronts[rank]?.push(index);
  }
  return fronts;
}
