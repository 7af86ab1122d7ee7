import fc from "fast-check";
import { expect, test } from "vitest";
import { cliffsDelta, pairedEffect } from "../../../analysis/statistics/effect-size";
import {
  comparePaired,
  type PairedComparison,
  type PairedInterval,
} from "../../../analysis/statistics/paired";
import { propertyRuns } from "../../property-runs";
import { arbitrarySample, sampleOf } from "./samples";

function compared(...sides: Parameters<typeof comparePaired>): PairedComparison {
  const comparison = comparePaired(...sides);
  if (typeof comparison === "string") throw new Error(comparison);
  return comparison;
}

function close(found: PairedInterval | string, expected: readonly number[]): void {
  if (typeof found === "string" || typeof found.relative === "string") throw new Error("unknown");
  const { difference, relative, degreesOfFreedom } = found;
  const figures = [difference.low, difference.high, relative.low, relative.high, degreesOfFreedom];
  expect(figures).toHaveLength(expected.length);
  for (const [index, figure] of figures.entries())
    expect(figure).toBeCloseTo(expected[index] ?? 0, 7);
}

// Figures by scipy 1.17.1: of differences, ttest_ind(equal_var=False) and ttest_rel with their confidence
// intervals; of ratios, ttest_1samp of the logarithms of the lists' ratios, and for the noise the sum of
// var / (n mean^2) with stats.t.ppf at Satterthwaite's degrees of freedom.
test("repeats of one job list are compared as by Welch, and say nothing of other jobs", () => {
  const first = sampleOf([10.1, 11.3, 9.7, 10.8]);
  const found = compared(first, sampleOf([12, 11.1, 13.2]), 0.95);
  expect(found.difference).toBeCloseTo(1.625, 9);
  close(
    found.overRepeats,
    [-0.492669230066, 3.742669230066, -0.0288155971, 0.3739185218, 3.34861835],
  );
  expect(found.overJobLists).toContain("one common job list");
  expect(found.listVariance).toBeNull();
  expect(found.pairedEffect).toContain("fewer than three");
});

test("several job lists are compared by their paired differences, with and without the noise of the lists", () => {
  const first = sampleOf([10, 12], [20, 21], [31, 29], [15, 16.5]);
  const second = sampleOf([11, 13.5], [22, 22.5], [33, 34], [16, 18]);
  const found = compared(first, second, 0.95);
  expect(found).toMatchObject({
    jobLists: 4,
    leftOut: 0,
    repeats: 2,
    difference: 1.9375,
    lists: { higher: 4, lower: 0, equal: 0 },
    cliffsDelta: 0.75,
    listVariance: expect.closeTo(0.000303247906502, 12),
    noiseVariance: expect.closeTo(0.01322979043653, 12),
    relative: expect.closeTo(0.098633577824, 9),
  });
  close(found.overJobLists, [0.238072928, 3.636927072, 0.0686088072, 0.1295019563, 3]);
  close(found.overRepeats, [0.4454990187, 3.4295009813, -0.0239487551, 0.236611033, 5.495023225]);
  expect(found.pairedEffect).toBeCloseTo(3.928589388881, 9);
});

test("job lists that only one side has are left out and counted", () => {
  const [shared, own] = [sampleOf([1, 2], [3, 4]), { jobList: "own", repeats: [99] }];
  const found = compared([...shared, own], shared, 0.95);
  expect([found.jobLists, found.leftOut, found.difference]).toEqual([2, 1, 0]);
  expect(comparePaired([own], shared, 0.95)).toContain("no job list in common");
});

test("a single repeat leaves the noise unknown, and the job lists known", () => {
  const found = compared(sampleOf([1], [2, 3]), sampleOf([2, 2], [4, 5]), 0.95);
  expect(found.overRepeats).toContain("single repeat");
  expect(found.noiseVariance).toBeNull();
  expect(typeof found.overJobLists).toBe("object");
});

test("a mean of 0 has no ratio, and a reason instead; two of them are equal", () => {
  const relative = (first: number[]) => {
    const { overRepeats, relative: whole } = compared(sampleOf(first), sampleOf([5, 6]), 0.95);
    return [whole, typeof overRepeats === "string" ? overRepeats : overRepeats.relative];
  };
  expect(relative([0, 0])).toEqual([null, expect.stringContaining("a mean of 0")]);
  expect(relative([0, 10])[0]).toBeCloseTo(0.1, 9);
  const equal = compared(sampleOf([0, 0], [1, 1]), sampleOf([0, 0], [2, 2]), 0.95);
  expect(equal.relative).toBeCloseTo(Math.SQRT2 - 1, 9);
});

test("job lists count alike, however large their figures are", () => {
  const first = sampleOf([1, 1.01], [1000, 1001], [100_000, 100_100]);
  const second = first.map(({ jobList, repeats }) => ({
    jobList,
    repeats: repeats.map((value) => 1.1 * value),
  }));
  const { overJobLists, relative } = compared(first, second, 0.95);
  expect(relative).toBeCloseTo(0.1, 9);
  expect(overJobLists).toMatchObject({
    relative: { low: expect.closeTo(0.1, 6), high: expect.closeTo(0.1, 6) },
  });
});

test("figures that never vary have intervals of no width", () => {
  const { overRepeats } = compared(sampleOf([2, 2]), sampleOf([3, 3]), 0.95);
  expect(overRepeats).toMatchObject({
    difference: { low: 1, high: 1 },
    relative: { low: expect.closeTo(0.5, 9), high: expect.closeTo(0.5, 9) },
    evidence: "higher",
  });
});

test("swapping the sides turns every sign around", () => {
  const turned = { higher: "lower", lower: "higher", none: "none" } as const;
  fc.assert(
    fc.property(arbitrarySample, arbitrarySample, (first, second) => {
      const [there, back] = [compared(first, second, 0.9), compared(second, first, 0.9)];
      expect(back.difference).toBeCloseTo(-there.difference, 9);
      expect(back.cliffsDelta).toBeCloseTo(-there.cliffsDelta, 9);
      expect(back.lists).toEqual({
        ...there.lists,
        higher: there.lists.lower,
        lower: there.lists.higher,
      });
      for (const source of ["overJobLists", "overRepeats"] as const) {
        const [one, other] = [there[source], back[source]];
        if (typeof one === "string" || typeof other === "string") {
          expect(other).toBe(one);
          continue;
        }
        expect(other.evidence).toBe(turned[one.evidence]);
        expect(other.difference.low).toBeCloseTo(-one.difference.high, 5);
        expect(other.difference.high).toBeCloseTo(-one.difference.low, 5);
      }
    }),
    { numRuns: propertyRuns(300) },
  );
});

test("the relative interval holds the observed ratio, and another unit changes nothing in it", () => {
  fc.assert(
    fc.property(arbitrarySample, arbitrarySample, (first, second) => {
      const scaled = (sample: typeof first) =>
        sample.map(({ jobList, repeats }) => ({ jobList, repeats: repeats.map((x) => 60 * x) }));
      const [here, there] = [
        compared(first, second, 0.9),
        compared(scaled(first), scaled(second), 0.9),
      ];
      for (const source of ["overJobLists", "overRepeats"] as const) {
        const [one, other] = [here[source], there[source]];
        if (typeof one === "string" || typeof other === "string") continue;
        if (typeof one.relative === "string" || typeof other.relative === "string") continue;
        expect(one.relative.low).toBeLessThanOrEqual((here.relative ?? 0) + 1e-9);
        expect(one.relative.high).toBeGreaterThanOrEqual((here.relative ?? 0) - 1e-9);
        expect(other.relative.low).toBeCloseTo(one.relative.low, 5);
        expect(other.relative.high).toBeCloseTo(one.relative.high, 5);
      }
    }),
    { numRuns: propertyRuns(200) },
  );
});

test("Cliff's delta is 1 where every repeat of the second side is greater, 0 without a tendency", () => {
  expect(cliffsDelta([{ first: [1, 2], second: [3, 4] }])).toBe(1);
  expect(cliffsDelta([{ first: [1, 4], second: [2, 3] }])).toBe(0);
  expect(
    cliffsDelta([
      { first: [1], second: [2] },
      { first: [2], second: [2] },
    ]),
  ).toBe(0.5);
});

test("the paired effect is unknown where the differences do not vary", () => {
  expect(pairedEffect([1, 1, 1])).toContain("same on every job list");
});
