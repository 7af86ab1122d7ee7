import fc from "fast-check";
import type { Sample } from "../../../analysis/statistics/job-lists";

/** A sample with the lists named `list 0`, `list 1` and so on. */
export function sampleOf<T>(...lists: readonly (readonly T[])[]): Sample<T> {
  return lists.map((repeats, index) => ({ jobList: `list ${index}`, repeats }));
}

/** Figures far from 0 and from each other, so that rounding decides nothing. */
const figure = fc.integer({ min: 1000, max: 3000 });

/** One to five job lists of one to four repeats. */
export const arbitrarySample: fc.Arbitrary<Sample<number>> = fc
  .array(fc.array(figure, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  .map((lists) => sampleOf(...lists));
