import fc from "fast-check";
import { expect, test } from "vitest";
import { meanOverLists, resampledMeans } from "../../../analysis/statistics/hierarchical-bootstrap";
import { mean, squares } from "../../../analysis/statistics/moments";
import { coverageText, covered, coveredByAll } from "../../../analysis/statistics/sources";
import { propertyRuns } from "../../property-runs";
import { arbitrarySample, sampleOf } from "./samples";

const options = { seed: 5, resamples: 20_000 };
const points = (...lists: number[][]) => sampleOf(...lists.map((list) => list.map((x) => [x])));
const drawn = (...samples: Parameters<typeof resampledMeans>[0][]) => {
  const draws = resampledMeans(samples.flat(), options);
  return samples.flat().map((_, index) => draws.map((tuples) => tuples[index]?.[0] ?? Number.NaN));
};
const spread = (values: readonly number[]) => squares(values) / values.length;

test("the resampled means have the mean and the variance of the two levels", () => {
  // By hand: list means 2 and 8 have the variance 9; means of two draws from 1, 3 and from 6, 10 have
  // the variances 1/2 and 4/2. Two lists: (9 + (1/2 + 4/2) / 2) / 2 = 5.125.
  const [means = []] = drawn([points([1, 3], [6, 10])]);
  expect(mean(means)).toBeCloseTo(5, 0);
  expect(spread(means) / 5.125).toBeCloseTo(1, 1);
});

test("of one list only the repeats vary, of lists with one repeat each only the lists", () => {
  const [one = []] = drawn([points([1, 3])]);
  expect(spread(one) / 0.5).toBeCloseTo(1, 1);
  const [lists = []] = drawn([points([2], [8])]);
  expect(spread(lists) / 4.5).toBeCloseTo(1, 1);
});

test("all tuples get the same job lists in a resample, so that their difference does not vary with them", () => {
  const draws = resampledMeans(
    [points([1], [100], [10_000]), points([2], [101], [10_001])],
    options,
  );
  for (const [first, second] of draws) {
    expect((second?.[0] ?? 0) - (first?.[0] ?? 0)).toBeCloseTo(1, 6);
  }
});

test("a resampled mean lies within the figures; the same seed gives the same means", () => {
  fc.assert(
    fc.property(arbitrarySample, fc.integer({ min: 0, max: 2 ** 31 - 1 }), (sample, seed) => {
      const own = sample.map(({ jobList, repeats }) => ({
        jobList,
        repeats: repeats.map((value) => [value]),
      }));
      const draws = resampledMeans([own], { seed, resamples: 20 });
      expect(resampledMeans([own], { seed, resamples: 20 })).toEqual(draws);
      const all = sample.flatMap(({ repeats }) => repeats);
      for (const value of [...draws.map(([tuple]) => tuple?.[0] ?? 0), ...meanOverLists(own)]) {
        expect(value).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6);
        expect(value).toBeLessThanOrEqual(Math.max(...all) + 1e-6);
      }
    }),
    { numRuns: propertyRuns(200) },
  );
});

test("the mean counts each job list once, however often it was run", () => {
  expect(meanOverLists(points([1, 1, 1, 1], [3]))).toEqual([2]);
});

test("an interval covers what varied in the sample, and the words say so", () => {
  const [one, repeated, lists] = [points([1]), points([1, 2]), points([1], [2])];
  expect([covered(one), covered(repeated), covered(lists)]).toEqual([
    [],
    ["repeats"],
    ["repeats", "job lists"],
  ]);
  expect(coveredByAll([repeated, lists])).toEqual(["repeats"]);
  expect(coverageText(covered(repeated))).toContain("nothing of another day's jobs");
  expect(coverageText(covered(lists))).toContain("other jobs of the same kind");
  expect(coverageText([])).toContain("nothing is known");
});
