import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hypervolume } from "../../../analysis/pareto/hypervolume";

/** By inclusion and exclusion over all subsets of the points: exact, and exponential. */
function reference(points: readonly number[][], limit: readonly number[]): number {
  let total = 0;
  for (let subset = 1; subset < 2 ** points.length; subset += 1) {
    const members = points.filter((_, index) => (subset >> index) & 1);
    const sides = limit.map((edge, axis) =>
      Math.max(0, edge - Math.max(...members.map((point) => point[axis] ?? Number.NaN))),
    );
    const sign = members.length % 2 === 1 ? 1 : -1;
    total += sign * sides.reduce((product, side) => product * side, 1);
  }
  return total;
}

const example = [
  [5, 5],
  [4, 6],
  [2, 7],
  [7, 4],
];

describe.each([1, 2, 3, 4, 5])("in %i dimensions", (dimension) => {
  const limit = Array<number>(dimension).fill(6);
  // Whole numbers collide often and make every sum exact; 6 and more lie outside.
  const points = fc.array(fc.array(fc.nat(7), { minLength: dimension, maxLength: dimension }), {
    maxLength: 8,
  });

  test("the volume is that of inclusion and exclusion", () => {
    fc.assert(
      fc.property(points, (some) => {
        expect(hypervolume(some, limit)).toBe(reference(some, limit));
      }),
    );
  });

  test("the order of the points and of the objectives does not matter", () => {
    fc.assert(
      fc.property(points, (some) => {
        const turned = some.map((point) => [...point].reverse()).reverse();
        expect(hypervolume(turned, limit)).toBe(hypervolume(some, limit));
      }),
    );
  });

  test("points counted again, dominated or outside add nothing", () => {
    fc.assert(
      fc.property(points, (some) => {
        const worse = some.map((point) => point.map((value) => value + 1));
        const outside = [...limit.slice(1).fill(0), 6];
        expect(hypervolume([...some, ...some, ...worse, outside], limit)).toBe(
          hypervolume(some, limit),
        );
      }),
    );
  });
});

test("the example of four points against (10, 10) is 38", () => {
  expect(hypervolume(example, [10, 10])).toBe(38);
});

test("no point inside the reference is 0", () => {
  expect(hypervolume([], [1, 1])).toBe(0);
  expect(
    hypervolume(
      [
        [1, 0],
        [0, 1],
        [2, 2],
      ],
      [1, 1],
    ),
  ).toBe(0);
});

test("a volume beyond a double is an error, not infinity", () => {
  expect(() => hypervolume([[-1e300, -1e300]], [1e300, 1e300])).toThrow("beyond the range");
});
