/** One step of an empirical distribution function: this share of the values is at most `value`. */
export interface Step {
  readonly value: number;
  readonly share: number;
}

/** Points of a drawn curve; more could not be seen. */
export const maxSteps = 400;

/** Exact up to `maxSteps` values, else that many evenly spaced order statistics with both ends. */
export function ecdf(values: readonly number[]): Step[] {
  const sorted = [...values].sort((a, b) => a - b);
  const count = Math.min(sorted.length, maxSteps);
  const [first] = sorted;
  if (first === undefined) return [];
  const steps = Array.from({ length: count }, (_, index) => {
    const place = count === 1 ? 0 : Math.round((index * (sorted.length - 1)) / (count - 1));
    return { value: sorted[place] ?? 0, share: (place + 1) / sorted.length };
  });
  return [{ value: first, share: 0 }, ...steps];
}

export interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Values that are known. */
  readonly count: number;
}

/** Over the known values; null when none is. */
export function spread(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const sum = known.reduce((total, value) => total + value, 0);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of known) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { mean: sum / known.length, min, max, count: known.length };
}
