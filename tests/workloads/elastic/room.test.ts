import fc from "fast-check";
import { expect, test } from "vitest";
import { Room } from "../../../workloads/elastic/room";

test("the tree says what a list of the steps says", () => {
  const range = fc.tuple(fc.nat(14), fc.nat(14), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 13 }),
      fc.array(range, { maxLength: 12 }),
      (free, ranges) => {
        const room = new Room(free);
        const list = [...free];
        for (const [from, to, cores] of ranges) {
          const found = list.findIndex((left, step) => step >= from && step < to && left < cores);
          expect(room.firstBelow(from, to, cores)).toBe(found < 0 ? undefined : found);
          room.take(from, to, cores);
          for (let step = from; step < Math.min(to, list.length); step += 1) {
            list[step] = (list[step] ?? 0) - cores;
          }
        }
      },
    ),
  );
});
