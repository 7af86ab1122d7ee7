import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostTime } from "../../../experiments/schedulers/accelerated";

const instant = fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true });

describe("hostTime", () => {
  it("is the origin where both clocks agree", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 2, max: 100 }), (originMs, factor) => {
        expect(hostTime({ factor, originMs }, originMs)).toBe(originMs);
      }),
    );
  });

  it("is an hour at the origin plus a minute at factor 60", () => {
    expect(hostTime({ factor: 60, originMs: 1000 }, 1000 + 3_600_000)).toBe(1000 + 60_000);
  });
});
