/** In seconds, from the longest: what the activity of people follows, then what suits short logs. */
const units = [7 * 24 * 3600, 24 * 3600, 3600, 60, 1] as const;

/** So many periods there are at least, or a resample could hardly move anything. */
const fewest = 4;

/**
 * By multiples of what a log of this length is moved: a week where it has four of them, so that day of
 * the week and time of day are kept; else a day, and for shorter logs an hour, a minute or a second.
 */
export function naturalPeriod(spanSeconds: number): number {
  return units.find((unit) => spanSeconds >= fewest * unit) ?? units[units.length - 1] ?? 1;
}
