import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockOrder } from "../../../campaigns/plan/order";
import { propertyRuns } from "../../property-runs";

describe("the order of the runs", () => {
  test("has every tuple once in each block, and is the same for the same seed", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 5 }), fc.nat(), (count, repeats, seed) => {
        const blocks = blockOrder(count, repeats, seed);
        const all = Array.from({ length: count }, (_, index) => index);
        expect(blocks).toHaveLength(repeats);
        for (const block of blocks) expect([...block].sort((a, b) => a - b)).toEqual(all);
        expect(blockOrder(count, repeats, seed)).toEqual(blocks);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test("gives each of the orders of three tuples about as often as the others", () => {
    const counts = new Map<string, number>();
    const seeds = 100;
    for (let seed = 0; seed < seeds; seed += 1) {
      for (const block of blockOrder(3, 60, seed)) {
        const order = block.join("");
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(6);
    // 1000 expected with a deviation of 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
