/** Half hours of a day. */
const buckets = 48;
const bucketSeconds = 1800;
/** The day of the fit begins with this half hour (counted from 1), when the fewest jobs arrive. */
const dayStart = 11;

/**
 * How much faster than average jobs arrive in each half hour from midnight; the mean is 1. The share of
 * half hour i is the gamma density over [i − ½, i + ½], where half hours before `dayStart` belong to
 * the day before. Source: Lublin, Feitelson, JPDC 63(11), 2003.
 */
export function dailyCycle({ shape, scale }: { shape: number; scale: number }): number[] {
  const shares = Array.from({ length: buckets }, (_, index) => {
    const hour = index + 1 < dayStart ? index + 1 + buckets : index + 1;
    return simpson((x) => Math.exp((shape - 1) * Math.log(x) - x / scale), hour - 0.5, hour + 0.5);
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / buckets;
  return shares.map((share) => share / mean);
}

/** Not normalised: the caller divides by the mean. The density is smooth over half an hour. */
function simpson(density: (x: number) => number, from: number, to: number): number {
  const steps = 16;
  const width = (to - from) / steps;
  let sum = density(from) + density(to);
  for (let step = 1; step < steps; step += 1) {
    sum += (step % 2 === 1 ? 4 : 2) * density(from + step * width);
  }
  return (sum * width) / 3;
}

/** A clock that runs faster when more jobs arrive. It starts at midnight. */
export class ArrivalClock {
  private halfHours = 0;
  private elapsed = 0;

  constructor(private readonly cycle: readonly number[]) {}

  /** Lets `seconds` of average arrival intensity pass. Returns the seconds since the start. */
  advance(seconds: number): number {
    let left = seconds;
    for (;;) {
      const speed = this.cycle[this.halfHours % buckets] ?? 1;
      const rest = (bucketSeconds - this.elapsed) * speed;
      if (left <= rest) {
        this.elapsed += left / speed;
        return this.halfHours * bucketSeconds + this.elapsed;
      }
      left -= rest;
      this.halfHours += 1;
      this.elapsed = 0;
    }
  }
}
