/** A quantity over time; each point holds until the next. */
export interface Series {
  readonly points: readonly Point[];
  /** Width of the averaging in seconds; null when every change is kept. */
  readonly averagedOver: number | null;
}

interface Point {
  /** Seconds since the first submission. */
  readonly time: number;
  readonly value: number;
}

/** More changes than this would not be seen; they are averaged. */
export const maxPoints = 400;

/** Of changes in the order of time, the last one being the end. */
export function series(changes: readonly Point[]): Series {
  const span = changes.at(-1)?.time ?? 0;
  if (changes.length <= maxPoints || span <= 0) return { points: changes, averagedOver: null };
  return { points: average(changes, span), averagedOver: span / maxPoints };
}

/** Time-weighted mean of each of `maxPoints` equal intervals. */
function average(changes: readonly Point[], span: number): Point[] {
  const width = span / maxPoints;
  const sums = new Float64Array(maxPoints);
  for (const [index, { time, value }] of changes.entries()) {
    const until = changes[index + 1]?.time ?? span;
    const last = Math.min(maxPoints - 1, Math.floor(until / width));
    for (let bin = Math.floor(time / width); bin <= last; bin += 1) {
      const overlap = Math.min(until, (bin + 1) * width) - Math.max(time, bin * width);
      sums[bin] = (sums[bin] ?? 0) + value * Math.max(0, overlap);
    }
  }
  const means = [...sums].map((sum, bin) => ({ time: bin * width, value: sum / width }));
  return [...means, { time: span, value: changes.at(-1)?.value ?? 0 }];
}
