import { decimalsOf, mostTicks } from "../../workloads/decimal";

/**
 * The unit that a simulation counts in: 10^-n seconds. Sums and comparisons of ticks are exact, which
 * those of fractions in a double are not.
 */
export interface TickUnit {
  /** A power of ten. */
  readonly perSecond: number;
  /** False where the finest decimal of the times does not fit: they are rounded to whole ticks then. */
  readonly exact: boolean;
}

/** Sums of ticks stay below this, so that they are whole numbers that a double holds. */
const mostSum = 2 ** 52;

/**
 * The finest decimal of these times, or the finest unit in which an instant of `horizon` seconds, which
 * is later than all sums of these times, is still exact.
 */
export function tickUnit(horizon: number, times: readonly Float64Array[]): TickUnit {
  const largest = times.reduce(
    (most, column) => column.reduce((so, time) => Math.max(so, Math.abs(time)), most),
    0,
  );
  let fits = 0;
  while (fits < 15 && holds(largest, horizon, 10 ** (fits + 1))) fits += 1;
  let digits = 0;
  for (const column of times) {
    for (const time of column) {
      if (Number.isInteger(time)) continue;
      digits = Math.max(digits, decimalsOf(time));
      if (digits > fits) return { perSecond: 10 ** fits, exact: false };
    }
  }
  return { perSecond: 10 ** digits, exact: true };
}

function holds(largest: number, horizon: number, perSecond: number): boolean {
  return largest * perSecond < mostTicks && horizon * perSecond < mostSum;
}

/** Converts the times to ticks, in place. */
export function toTicks(times: Float64Array, { perSecond }: TickUnit): void {
  if (perSecond === 1) return;
  for (let index = 0; index < times.length; index += 1) {
    times[index] = Math.round((times[index] ?? 0) * perSecond);
  }
}
