import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TimedRun, timeLeft } from "../../../campaigns/status/time-left";

function run(change: Partial<TimedRun> = {}): TimedRun {
  return { stack: "a", tuple: "t", plannedSeconds: 30, seconds: null, open: true, ...change };
}
const done = (seconds: number, change: Partial<TimedRun> = {}) =>
  run({ seconds, open: false, ...change });

describe("the time that is left", () => {
  test("is that of the jobs while nothing has been measured", () => {
    expect(timeLeft([run(), run({ plannedSeconds: 12 })], 1)).toBe(42);
  });

  test("follows the tuple's own runs, and for another tuple what its runs took more than planned", () => {
    const runs = [done(40), done(50), run(), run({ tuple: "u", plannedSeconds: 100 })];
    // 45 on average; 90 s for planned 60 makes 1.5.
    expect(timeLeft(runs, 1)).toBe(45 + 150);
  });

  test("is shared by clusters that are up at once, but never less than the longest one's", () => {
    const runs = [run(), run(), run(), run({ stack: "b" })];
    expect(timeLeft(runs, 1)).toBe(120);
    expect(timeLeft(runs, 2)).toBe(90);
    expect(timeLeft([run(), run({ stack: "b" }), run({ stack: "c" })], 2)).toBe(45);
  });

  test("is nothing when no run is open", () => {
    expect(timeLeft([], 1)).toBe(0);
    expect(timeLeft([done(9), run({ open: false })], 3)).toBe(0);
  });

  test("never grows with more clusters at once, and is between the longest cluster and all of it", () => {
    const runs = fc.array(
      fc.record({
        stack: fc.constantFrom("a", "b", "c"),
        tuple: fc.constantFrom("t", "u", "v"),
        plannedSeconds: fc.integer({ min: 0, max: 1000 }),
        seconds: fc.option(fc.integer({ min: 0, max: 1000 })),
        open: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 4 }), (all, atOnce) => {
        const left = timeLeft(all, atOnce);
        expect(timeLeft(all, atOnce + 1)).toBeLessThanOrEqual(left);
        expect(left).toBeLessThanOrEqual(timeLeft(all, 1));
        expect(left).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
