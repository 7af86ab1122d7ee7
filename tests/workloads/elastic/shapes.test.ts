import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSpec } from "../../../spec/parse";
import type { Demand } from "../../../workloads/elastic/demand";
import { shapeDemand } from "../../../workloads/elastic/shapes";

function demand(shape: object, supply = 10): Demand {
  const { workload } = parseSpec({ workload: { kind: "elastic", shape } });
  if (workload.kind !== "elastic" || workload.shape.kind === "trace") throw new Error("no shape");
  return shapeDemand(workload.shape, supply);
}

const pairs = ({ steps }: Demand) => steps.map(({ at, cores }) => [at / 1000, cores]);

function wanted({ steps }: Demand, seconds: number): number {
  return steps.findLast(({ at }) => at <= seconds * 1000)?.cores ?? 0;
}

test("steps are in cores or in shares of the largest supply, and nothing is wanted before the first", () => {
  const shape = {
    kind: "steps",
    steps: [
      { at: 5, cores: 3 },
      { at: 20, cores: "50%" },
      { at: 30.5, cores: "150%" },
    ],
    until: 40,
  };
  expect(demand(shape, 10)).toEqual({
    steps: [
      { at: 0, cores: 0 },
      { at: 5000, cores: 3 },
      { at: 20_000, cores: 5 },
      { at: 30_500, cores: 15 },
    ],
    end: 40_000,
  });
});

test("bursts come after each interval and last for their length", () => {
  const shape = { kind: "bursts", base: 1, peak: 8, every: 30, length: 10, until: 95 };
  expect(pairs(demand(shape))).toEqual([
    [0, 1],
    [30, 8],
    [40, 1],
    [60, 8],
    [70, 1],
    [90, 8],
  ]);
  expect(demand(shape).end).toBe(95_000);
  expect(pairs(demand({ ...shape, until: 60 }))).toHaveLength(3);
});

test("without a shape there are bursts from a tenth to nine tenths of the supply", () => {
  const { steps, end } = demand({}, 100);
  expect(new Set(steps.map(({ cores }) => cores))).toEqual(new Set([10, 90]));
  expect(end).toBe(300_000);
});

test("a ramp is within half a core of the straight line, up and down again", () => {
  const level = fc.nat(200);
  const over = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(level, level, over, (from, to, seconds) => {
      const ramp = demand({ kind: "ramp", from, to, over: seconds });
      expect(ramp.end).toBe(2 * seconds * 1000);
      for (let part = 0; part < 40; part += 1) {
        const time = (part / 40) * 2 * seconds;
        const line = to + (from - to) * Math.abs(1 - time / seconds);
        // A step is at the millisecond that is nearest.
        const slack = 0.5 + Math.abs(to - from) / seconds / 1000;
        expect(Math.abs(wanted(ramp, time) - line)).toBeLessThanOrEqual(slack + 1e-9);
      }
    }),
  );
  expect(pairs(demand({ kind: "ramp", from: 1, to: 3, over: 8 }))).toEqual([
    [0, 1],
    [2, 2],
    [6, 3],
    [10, 2],
    [14, 1],
  ]);
});

test("a day goes from its quietest to its busiest half hour and comes again", () => {
  const day = demand({ kind: "daily", base: 2, peak: 90, period: 480, until: 960 });
  const levels = day.steps.map(({ cores }) => cores);
  expect([Math.min(...levels), Math.max(...levels)]).toEqual([2, 90]);
  // Ten seconds are half an hour: least is wanted at half past four, most at one in the afternoon.
  expect([wanted(day, 80), wanted(day, 90), wanted(day, 100)]).toEqual([4, 2, 9]);
  expect(wanted(day, 260)).toBe(90);
  for (let time = 0; time < 480; time += 10) {
    expect(wanted(day, time + 480)).toBe(wanted(day, time));
  }
});
