import { expect, test } from "vitest";
import { bootstrapPareto } from "../../../analysis/pareto/bootstrap";
import { sampleOf } from "../statistics/samples";

const options = { reference: [10, 10], seed: 7, resamples: 500 };
const good = {
  name: "good",
  sample: sampleOf([
    [1, 1],
    [2, 2],
    [3, 3],
  ]),
};
const bad = {
  name: "bad",
  sample: sampleOf([
    [7, 7],
    [8, 8],
  ]),
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
  const rival = { name: "rival", sample: sampleOf([[1.5], [2.5]]) };
  const other = { name: "other", sample: sampleOf([[1], [3]]) };
  const { dominance } = bootstrapPareto([rival, other], { ...options, reference: [10] });
  // Means 1.5, 2, 2.5 against 1, 2, 3 with weights 1, 2, 1 of 4: 5/16 each, and 6/16 the same value.
  for (const { percent } of dominance) expect(percent).toBeCloseTo(37.5, -1);
});

test("the interval of the mean has the width of its standard error", () => {
  const repeats = Array.from({ length: 100 }, (_, index) => [index % 2]);
  const [tuple] = bootstrapPareto([{ name: "coin", sample: sampleOf(repeats) }], {
    ...options,
    reference: [2],
    resamples: 2000,
  }).tuples;
  expect(tuple?.intervals?.[0]?.low).toBeCloseTo(0.5 - 1.96 * 0.05, 1);
  expect(tuple?.intervals?.[0]?.high).toBeCloseTo(0.5 + 1.96 * 0.05, 1);
});

test("one run has no interval, and a reason instead", () => {
  const once = { name: "once", sample: sampleOf([[5, 5]]) };
  const result = bootstrapPareto([good, once], options);
  expect(result.tuples.map(({ intervals }) => intervals === null)).toEqual([false, true]);
  expect(result.hypervolume).toEqual({ mean: 64, interval: null });
  expect(result.dominance.map(({ percent }) => percent)).toEqual([null, null]);
  expect(result.reasons).toEqual(["once has one run: its variation is unknown"]);
});

test("a tuple without runs or of another dimension is refused by name", () => {
  expect(() => bootstrapPareto([{ name: "none", sample: [] }], options)).toThrow("none");
  expect(() => bootstrapPareto([{ name: "flat", sample: sampleOf([[1]]) }], options)).toThrow(
    "flat",
  );
});

test("of one job list the intervals cover its repeats, of several lists both sources", () => {
  const one = bootstrapPareto([good, bad], options);
  expect([one.jobLists, one.covers]).toEqual([1, ["repeats"]]);
  expect(one.tuples[0]?.variance[0]).toMatchObject({ betweenRepeats: 1, betweenJobLists: null });
  const lists = { name: "lists", sample: sampleOf([[1], [2]], [[11], [12]]) };
  const several = bootstrapPareto([lists], { ...options, reference: [20] });
  expect(several.covers).toEqual(["repeats", "job lists"]);
  expect(several.tuples[0]?.variance[0]).toEqual({
    betweenRepeats: 0.5,
    betweenJobLists: 49.75,
    reasons: [],
  });
  // As wide as the lists are apart, although the repeats of each are close together.
  expect(several.tuples[0]?.intervals?.[0]).toMatchObject({ low: expect.closeTo(1.25, 0) });
  expect(several.tuples[0]?.intervals?.[0]?.high).toBeGreaterThan(11);
});

test("tuples are paired on their common job lists: a list that is hard for all does not blur who wins", () => {
  const easy = { name: "better", sample: sampleOf([[1]], [[50]], [[90]]) };
  const hard = { name: "worse", sample: sampleOf([[2]], [[51]], [[91]], [[0]]) };
  const { dominance, leftOut, jobLists } = bootstrapPareto([easy, hard], {
    ...options,
    reference: [100],
  });
  expect([jobLists, leftOut]).toEqual([3, 1]);
  expect(dominance[0]).toEqual({ a: "better", b: "worse", percent: 100 });
});

test("tuples without a common job list are refused", () => {
  const other = { name: "other", sample: [{ jobList: "another", repeats: [[1, 1]] }] };
  expect(() => bootstrapPareto([good, other], options)).toThrow("no job list in common");
});
