import fc from "fast-check";
import { expect, test } from "vitest";
import { dominates, nonDominatedFronts } from "../../../analysis/pareto/dominance";

const points = fc.integer({ min: 1, max: 4 }).chain((dimension) =>
  fc.array(fc.array(fc.nat(4), { minLength: dimension, maxLength: dimension }), {
    maxLength: 20,
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

test("equal points share a front", () => {
  expect(
    nonDominatedFronts([
      [1, 2],
      [2, 2],
      [1, 2],
    ]),
  ).toEqual([[0, 2], [1]]);
});
