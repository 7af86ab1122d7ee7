import type { Uniform } from "./random";

/**
 * Draws the job's user, 1..count, with probability proportional to 1 / rank (Zipf, exponent 1): few
 * users submit most of the jobs, as in recorded logs. Independent of size, run time and hour.
 */
export function zipfUsers(count: number, uniform: Uniform): () => number {
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    total += 1 / rank;
    cumulative.push(total);
  }
  return () => {
    const drawn = uniform() * total;
    return Math.min(count, cumulative.findIndex((sum) => drawn < sum) + 1);
  };
}
