import type { Uniform } from "./random";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** What people write as a time limit, in seconds; beyond the last, whole days. */
export const popularLimits: readonly number[] = [
  ...[1, 2, 5, 10, 15, 20, 30, 45].map((minutes) => minutes * minute),
  ...[1, 1.5, 2, 3, 4, 6, 8, 10, 12, 18, 24, 36, 48].map((hours) => hours * hour),
];
const longestPopular = 48 * hour;

/**
 * Requested time of a run: the accuracy run / request is uniform on (0, 1], then the request is rounded
 * up to the next popular limit, so it is never below the run time. A request beyond 48 h becomes 48 h,
 * or the run time in whole days when that is longer. Sources: uniform accuracy: Mu'alem, Feitelson,
 * IEEE TPDS 12(6), 2001; few popular values: Tsafrir, Etsion, Feitelson, JSSPP 2005.
 */
export function requestedTime(run: number, uniform: Uniform): number {
  const request = run / (1 - uniform());
  const popular = popularLimits.find((limit) => limit >= request);
  return popular ?? Math.max(longestPopular, Math.ceil(run / day) * day);
}
