import { expect, test } from "vitest";
import { bootstrapPareto } from "../../../analysis/pareto/bootstrap";

const options = { reference: [10, 10], seed: 7, resamples: 500 };
const good = {
  name: "good",
  repeats: [
    [1, 1],
    [2, 2],
    [3, 3],
  ],
};
const bad = {
  name: "bad",
  repeats: [
    [7, 7],
    [8, 8],
  ],
};

test("the same seed gives the same figures, another seed others", () => {
  const first = bootstrapPareto([good, bad], options);
  expect(bootstrapPareto([good, bad], options)).toEqual(first);
  expect(bootstrapPareto([good, bad], { ...options, seed: 8 })).not.toEqual(first);
});

test("a tuple that is better in every repeat dominates in all resamples", () => {
  const { dominance, tuples, hypervolume } = bootstrapPareto([good, bad], {
    ...options,
    confidence: 0.99,
  });
  expect(dominance).toEqual([
    { a: "good", b: "bad", percent: 100 },
    { a: "bad", b: "good", percent: 0 },
  ]);
  expect(tuples.map(({ onFront }) => onFront)).toEqual([100, 0]);
  expect(hypervolume).toEqual({ mean: 64, interval: { low: 49, high: 81 } });
});

test("tuples of overlapping repeats dominate each other in a part of the resamples", () => {
  const rival = { name: "rival", repeats: [[1.5], [2.5]] };
  const other = { name: "other", repeats: [[1], [3]] };
  const { dominance } = bootstrapPareto([rival, other], { ...options, reference: [10] });
  // Means 1.5, 2, 2.5 against 1, 2, 3 with weights 1, 2, 1 of 4: 5/16 each, and 6/16 the same value.
  for (const { percent } of dominance) expect(percent).toBeCloseTo(37.5, -1);
});

test("the interval of the mean has the width of its standard error", () => {
  const repeats = Array.from({ length: 100 }, (_, index) => [index % 2]);
  const [tuple] = bootstrapPareto([{ name: "coin", repeats }], {
    ...options,
    reference: [2],
    resamples: 2000,
  }).tuples;
  expect(tuple?.intervals?.[0]?.low).toBeCloseTo(0.5 - 1.96 * 0.05, 1);
  expect(tuple?.intervals?.[0]?.high).toBeCloseTo(0.5 + 1.96 * 0.05, 1);
});

test("one repeat has no interval, and a reason instead", () => {
  const once = { name: "once", repeats: [[5, 5]] };
  const result = bootstrapPareto([good, once], options);
  expect(result.tuples.map(({ intervals }) => intervals === null)).toEqual([false, true]);
  expect(result.hypervolume).toEqual({ mean: 64, interval: null });
  expect(result.dominance.map(({ percent }) => percent)).toEqual([null, null]);
  expect(result.reasons).toEqual(["once has one repeat: its variation is unknown"]);
});

test("a tuple without repeats or of another dimension is refused by name", () => {
  expect(() => bootstrapPareto([{ name: "none", repeats: [] }], options)).toThrow("none");
  expect(() => bootstrapPareto([{ name: "flat", repeats: [[1]] }], options)).toThrow("flat");
});
