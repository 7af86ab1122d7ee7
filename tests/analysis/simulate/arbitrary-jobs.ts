import fc from "fast-check";
import type { SimJob } from "../../../analysis/simulate/job";

/** A crowded small machine, with many simultaneous arrivals and ends. */
export const machine = 6;

export function arbitraryJobs({ exact = false } = {}): fc.Arbitrary<SimJob[]> {
  const one = fc.record({
    gap: fc.nat(4),
    size: fc.integer({ min: 1, max: machine }),
    run: fc.integer({ min: 1, max: 12 }),
    over: exact ? fc.constant(0) : fc.nat(10),
  });
  return fc.array(one, { minLength: 1, maxLength: 25 }).map((rows) => {
    let clock = 0;
    return rows.map(({ gap, size, run, over }, index) => {
      clock += gap;
      return { job: index + 1, submit: clock, size, run, estimate: run + over };
    });
  });
}
