import fc from "fast-check";
import { expect, test } from "vitest";
import { dominates, nonDominatedFronts } from "../../../analysis/pareto/dominance";

/** Few different values collide often; many points make the sorting divide. */
const points = fc
  .record({ dimension: fc.integer({ min: 1, max: 5 }), most: fc.constantFrom(2, 6, 100) })
  .chain(({ dimension, most }) =>
    fc.array(fc.array(fc.nat(most), { minLength: dimension, maxLength: dimension }), {
      maxLength: 80,
      size: "max",
    }),
  );

test("a point dominates what is nowhere better and somewhere worse", () => {
  expect(dominates([1, 2], [1, 3])).toBe(true);
  expect(dominates([1, 3], [1, 2])).toBe(false);
  expect(dominates([1, 3], [2, 2])).toBe(false);
  expect(dominates([1, 2], [1, 2])).toBe(false);
});

test("each front is what nothing dominates once the fronts before it are gone", () => {
  fc.assert(
    fc.property(points, (some) => {
      let left = some.map((_, index) => index);
      for (const front of nonDominatedFronts(some)) {
        const free = left.filter(
          (index) => !left.some((other) => dominates(some[other] ?? [], some[index] ?? [])),
        );
        expect(front).toEqual(free);
        left = left.filter((index) => !free.includes(index));
      }
      expect(left).toEqual([]);
    }),
  );
});

test("100,000 points of two objectives on one front, and on as many fronts, take about a second", () => {
  const count = 100_000;
  const front = Array.from({ length: count }, (_, index) => [index, count - index]);
  const chain = Array.from({ length: count }, (_, index) => [index, index]);
  expect(nonDominatedFronts(front)).toHaveLength(1);
  expect(nonDominatedFronts(chain)).toHaveLength(count);
  // Comparing all pairs takes minutes; the limit leaves room for a busy machine.
}, 15_000);

test("equal points share a front", () => {
  expect(
    nonDominatedFronts([
      [1, 2],
      [2, 2],
      [1, 2],
    ]),
  ).toEqual([[0, 2], [1]]);
});
