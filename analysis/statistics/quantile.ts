export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Linear interpolation between neighbours; null without values. */
export function quantile(values: readonly number[], share: number): number | null {
  return sortedQuantile(ascending(values), share);
}

/** The middle `confidence` of the values, such as 0.95 of them. NaN without values. */
export function middle(values: readonly number[], confidence: number): Interval {
  const sorted = ascending(values);
  return {
    low: sortedQuantile(sorted, (1 - confidence) / 2) ?? Number.NaN,
    high: sortedQuantile(sorted, (1 + confidence) / 2) ?? Number.NaN,
  };
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function sortedQuantile(sorted: readonly number[], share: number): number | null {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}
