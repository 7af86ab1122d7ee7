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

/** The ways in which logs write fractions: tenths, hundredths, and thirds or sevenths cut off somewhere. */
const fractions = [
  { parts: 10, digits: 1 },
  { parts: 100, digits: 2 },
  { parts: 3, digits: 1 },
  { parts: 3, digits: 6 },
  { parts: 7, digits: 3 },
  { parts: 7, digits: 9 },
];

/** The same jobs with times that have fractions, as the decimals that a log would say. */
export function fractionalJobs(): fc.Arbitrary<SimJob[]> {
  return fc
    .record({ jobs: arbitraryJobs(), fraction: fc.constantFrom(...fractions) })
    .map(({ jobs, fraction: { parts, digits } }) => {
      const cut = (time: number) => Number((time / parts).toFixed(digits));
      return jobs.map(({ submit, run, estimate, ...job }) => ({
        ...job,
        submit: cut(submit),
        run: cut(run),
        estimate: cut(estimate),
      }));
    });
}
