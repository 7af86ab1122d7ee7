import fc from "fast-check";
import { expect, test } from "vitest";
import {
  jobListsNeeded,
  repeatsNeeded,
  repeatsOfListsNeeded,
} from "../../../analysis/statistics/repeats-needed";
import { propertyRuns } from "../../property-runs";

// Exact numbers by the noncentral t, scipy 1.17.1: the first n with
// nct.sf(t.ppf((1 + confidence) / 2, df), df, difference / sqrt(variance of the mean)) >= power.
test.each([
  [1, 1, 0.95, 0.8, 10],
  [0.5, 1, 0.95, 0.8, 34],
  [0.2, 1, 0.95, 0.9, 265],
  [2, 1, 0.95, 0.8, 5],
  [1, 4, 0.99, 0.9, 63],
  [5, 1, 0.95, 0.8, 3],
])(
  "a difference of %d with variance %d at %d takes, with power %d, %d job lists",
  (difference, variance, confidence, power, exact) => {
    const found = jobListsNeeded(variance, { difference, confidence, power });
    expect(found).toBe(exact);
  },
);

test.each([
  [1, 2, 1, 0.95, 0.8, 17],
  [4, 2, 1, 0.95, 0.8, 3],
  [3, 2, 2, 0.95, 0.8, 2],
  [0.5, 2, 1, 0.95, 0.8, 64],
  [1, 2, 3, 0.95, 0.8, 6],
  [0.3, 2, 2, 0.99, 0.9, 167],
])(
  "a difference of %d with noise %d on %d lists at %d takes, with power %d, %d repeats",
  (difference, noise, lists, confidence, power, exact) => {
    const found = repeatsNeeded(noise, lists, { difference, confidence, power });
    expect(found).toBe(exact);
  },
);

const wanted = { difference: 1, confidence: 0.95, power: 0.8 };

test("repeats make up for noise, but not for too few job lists", () => {
  expect(repeatsOfListsNeeded({ betweenLists: 0, noiseVariance: 20 }, 6, wanted)).toBeGreaterThan(
    2,
  );
  expect(repeatsOfListsNeeded({ betweenLists: 50, noiseVariance: 20 }, 6, wanted)).toContain(
    "6 job lists are too few",
  );
});

test("what a million cannot tell has a reason instead of a number", () => {
  expect(jobListsNeeded(1e9, wanted)).toContain("1,000,000");
});

test("more noise takes as many repeats or more; a larger difference as many or fewer", () => {
  const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
  fc.assert(
    fc.property(positive, positive, fc.integer({ min: 1, max: 10 }), (noise, difference, lists) => {
      const needed = (variance: number, gap: number) =>
        Number(repeatsNeeded(variance, lists, { ...wanted, difference: gap }));
      const here = needed(noise, difference);
      fc.pre(Number.isFinite(here));
      expect(needed(noise / 2, difference)).toBeLessThanOrEqual(here);
      expect(needed(noise, 2 * difference)).toBeLessThanOrEqual(here);
    }),
    { numRuns: propertyRuns(200) },
  );
});
