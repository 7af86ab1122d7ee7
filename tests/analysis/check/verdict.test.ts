import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, type Limits, type Verdict } from "../../../analysis/check/verdict";
import { byJobList, type Sample } from "../../../analysis/statistics/job-lists";
import { comparePaired } from "../../../analysis/statistics/paired";
import { propertyRuns } from "../../property-runs";
import { sampleOf } from "../statistics/samples";
import { type Side, sideRuns } from "./check-store";

const limits: Limits = { maxRegression: 0.05, confidence: 0.95, power: 0.8, theseJobs: false };

function verdictOf(
  baseline: Sample<number>,
  candidate: Sample<number>,
  change: Partial<Limits> = {},
  direction: "lower" | "higher" = "lower",
): Verdict {
  const asked = { ...limits, ...change };
  const comparison = comparePaired(baseline, candidate, asked.confidence);
  if (typeof comparison === "string") throw new Error(comparison);
  return judge(comparison, direction, asked);
}

function measured(side: Partial<Side>, seed: number): Sample<number> {
  const whole = { experiment: "x", lists: 1, repeats: 8, factor: 1, noise: 0.02, ...side };
  return byJobList(
    sideRuns(whole, seed).map(({ seed: list, metrics }) => ({
      jobList: String(list),
      value: metrics.makespan ?? Number.NaN,
    })),
  );
}

/** How often each outcome occurs among a hundred baselines and candidates of independent noise. */
function outcomes(baseline: Partial<Side>, candidate: Partial<Side>, change: Partial<Limits> = {}) {
  const counts = { "no worse": 0, worse: 0, "cannot tell": 0 };
  for (let seed = 0; seed < 100; seed += 1) {
    const first = measured(baseline, 2 * seed);
    counts[verdictOf(first, measured(candidate, 2 * seed + 1), change).outcome] += 1;
  }
  return counts;
}

describe("against noise of 2 % in eight repeats", () => {
  test("a planted regression of 10 % is found", () => {
    const found = outcomes({}, { factor: 1.1 });
    expect(found.worse).toBeGreaterThan(95);
    expect(found["no worse"]).toBe(0);
  });

  test("noise alone is no worse", () => {
    const found = outcomes({}, {});
    expect(found["no worse"]).toBeGreaterThan(95);
    expect(found.worse).toBe(0);
  });

  test("a candidate exactly at the limit is called worse, or no worse, in 2.5 % each", () => {
    const found = outcomes({}, { factor: 1.05 });
    expect(found.worse).toBeLessThan(8);
    expect(found["no worse"]).toBeLessThan(8);
  });

  test("over several job lists that differ a lot the pairing finds 10 % as well", () => {
    const found = outcomes({ lists: 6, repeats: 2 }, { lists: 6, repeats: 2, factor: 1.1 });
    expect(found.worse).toBeGreaterThan(90);
  });
});

test("few noisy repeats cannot tell, and as many as they call for mostly can", () => {
  const noisy = { repeats: 3, noise: 0.06 };
  const calls: number[] = [];
  for (let seed = 0; seed < 60; seed += 1) {
    const found = verdictOf(measured(noisy, 2 * seed), measured(noisy, 2 * seed + 1));
    if (found.outcome !== "cannot tell") continue;
    expect(found.needed?.assuming).toBeDefined();
    if (found.needed?.assuming === "no difference") calls.push(Number(found.needed.repeats));
  }
  expect(calls.length).toBeGreaterThan(40);
  expect(Math.min(...calls)).toBeGreaterThan(3);
  // With the true noise: 2 · 0.06² · (1.96 + 0.84)² / 0.05² is 23, and a few more for Student's t.
  const repeats = 24;
  const median = calls.sort((a, b) => a - b)[Math.floor(calls.length / 2)] ?? 0;
  expect(median).toBeGreaterThan(8);
  expect(median).toBeLessThan(48);
  expect(outcomes({ ...noisy, repeats }, { ...noisy, repeats })["no worse"]).toBeGreaterThan(70);
});

test("the claim is for other jobs where there are several lists, unless only these are asked about", () => {
  const baseline = sampleOf([10, 10.1], [20, 20.1], [30, 30.1]);
  const candidate = sampleOf([10.1, 10.2], [20.2, 20.3], [30.3, 30.4]);
  expect(verdictOf(baseline, candidate)).toMatchObject({
    claim: "other jobs of the same kind",
    outcome: "no worse",
  });
  expect(verdictOf(baseline, candidate, { theseJobs: true }).claim).toBe("these jobs");
  expect(verdictOf(sampleOf([1, 1.01]), sampleOf([1, 1.01])).claim).toBe("these jobs");
});

test("two job lists that disagree cannot tell, and say how many lists would do or why repeats would not", () => {
  const baseline = sampleOf([100, 100.1], [100, 100.1], [100, 100.1]);
  const candidate = sampleOf([100, 100.1], [90, 90.1], [110, 110.1]);
  const { outcome, needed } = verdictOf(baseline, candidate);
  expect(outcome).toBe("cannot tell");
  expect(needed?.jobLists).toBeGreaterThan(3);
  expect(needed?.repeats).toContain("too few, however often they are run");
});

test("a single repeat of one list tells nothing, and the reason says so", () => {
  const { outcome, reason, needed } = verdictOf(sampleOf([1]), sampleOf([1]));
  expect(outcome).toBe("cannot tell");
  expect(reason).toContain("single repeat");
  expect(needed?.repeats).toContain("at least three times");
});

test("where more is better, a lower figure is the regression", () => {
  const [high, low] = [sampleOf([0.8, 0.801, 0.8]), sampleOf([0.6, 0.601, 0.6])];
  expect(verdictOf(high, low, {}, "higher")).toMatchObject({
    outcome: "worse",
    regression: expect.closeTo(0.25, 2),
  });
  expect(verdictOf(low, high, {}, "higher").outcome).toBe("no worse");
});

test("against a baseline of 0, anything is worse and nothing is no worse", () => {
  const zero = sampleOf([0, 0, 0]);
  expect(verdictOf(zero, zero).outcome).toBe("no worse");
  expect(verdictOf(zero, sampleOf([3, 3, 3]))).toMatchObject({
    outcome: "worse",
    regression: null,
  });
  expect(verdictOf(zero, sampleOf([0, 0, 3])).outcome).toBe("cannot tell");
});

test("close to the limit, the number holds for the observed difference and is more than there are", () => {
  const baseline = sampleOf([100, 101, 99, 100]);
  const candidate = sampleOf([105, 106, 104, 105]);
  const { outcome, needed } = verdictOf(baseline, candidate, { maxRegression: 0.051 });
  expect(outcome).toBe("cannot tell");
  expect(needed?.assuming).toBe("the observed difference");
  expect(needed?.repeats).toBeGreaterThan(4);
});

test("where one side alone is noisy, a number is still more than there are", () => {
  // Two degrees of freedom of equal sides would do, but there is one.
  const found = verdictOf(sampleOf([100, 100]), sampleOf([103, 105]), { maxRegression: 0.1 });
  expect([found.outcome, found.needed?.repeats]).toEqual(["cannot tell", 3]);
});

test("swapping the sides flips the sign of the evidence, and never makes both sides worse", () => {
  const figures = fc.array(fc.integer({ min: 1000, max: 1300 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(figures, figures, (first, second) => {
      const there = verdictOf(sampleOf(first), sampleOf(second), { maxRegression: 0 });
      const back = verdictOf(sampleOf(second), sampleOf(first), { maxRegression: 0 });
      expect(Math.sign(back.regression ?? 0)).toBe(-Math.sign(there.regression ?? 0) + 0);
      if (there.outcome === "worse") expect(back.outcome).toBe("no worse");
      if (back.outcome === "worse") expect(there.outcome).toBe("no worse");
    }),
    { numRuns: propertyRuns(200) },
  );
});
