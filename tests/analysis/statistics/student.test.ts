import fc from "fast-check";
import { expect, test } from "vitest";
import { studentQuantile, studentTail } from "../../../analysis/statistics/student";
import { propertyRuns } from "../../property-runs";

// scipy 1.17.1: stats.t.ppf(probability, freedom)
test.each([
  [0.975, 1, 12.7062047362],
  [0.975, 2, 4.30265272975],
  [0.975, 4, 2.7764451052],
  [0.9, 10, 1.37218364111],
  [0.9975, 1.3, 44.4308912565],
  [0.95, 30.7, 1.69602913302],
  [0.6, 0.5, 0.397975426785],
  [0.999, 1000, 3.09840216391],
  [0.025, 7, -2.36462425159],
  [0.99999, 3, 47.927728376],
])("the quantile %d of t with %d degrees of freedom is %d", (probability, freedom, value) => {
  expect(studentQuantile(probability, freedom) / value).toBeCloseTo(1, 9);
});

test("many degrees of freedom give the normal distribution", () => {
  expect(studentQuantile(0.975, 1e9)).toBeCloseTo(1.959964, 5);
});

test("quantile and tail are each other's inverse, and symmetric", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.501, max: 0.9999, noNaN: true }),
      fc.double({ min: 0.5, max: 500, noNaN: true }),
      (probability, freedom) => {
        const t = studentQuantile(probability, freedom);
        expect(studentTail(t, freedom)).toBeCloseTo(1 - probability, 9);
        expect(studentQuantile(1 - probability, freedom) / t).toBeCloseTo(-1, 8);
      },
    ),
    { numRuns: propertyRuns(100) },
  );
});

test("what is no probability, or no degree of freedom, is refused", () => {
  expect(() => studentQuantile(1, 3)).toThrow(RangeError);
  expect(() => studentQuantile(0.9, 0)).toThrow(RangeError);
});
