import fc from "fast-check";
import { expect, test } from "vitest";
import { varianceComponents } from "../../../analysis/statistics/variance-components";
import { propertyRuns } from "../../property-runs";
import { arbitrarySample, sampleOf } from "./samples";

test("the yields of six batches of dyestuff have the components that are published", () => {
  // Davies 1947; restricted maximum likelihood, equal to the moments of a balanced design, gives
  // 1764.05 between batches and 2451.25 within: Bates, lme4, 2010, section 1.3.
  const { betweenRepeats, betweenJobLists, reasons } = varianceComponents(
    sampleOf(
      [1545, 1440, 1440, 1520, 1580],
      [1540, 1555, 1490, 1560, 1495],
      [1595, 1550, 1605, 1510, 1560],
      [1445, 1440, 1595, 1465, 1545],
      [1595, 1630, 1515, 1635, 1625],
      [1520, 1455, 1450, 1480, 1445],
    ),
  );
  expect(betweenRepeats).toBeCloseTo(2451.25, 6);
  expect(betweenJobLists).toBeCloseTo(1764.05, 6);
  expect(reasons).toEqual([]);
});

test("unequal numbers of repeats are allowed", () => {
  // numpy 2.4.6: the two quadratic forms solved with the traces of their matrices.
  const found = varianceComponents(sampleOf([5, 7, 6], [9, 8], [4], [12, 10, 11, 13]));
  expect(found.betweenRepeats).toBeCloseTo(1.25, 9);
  expect(found.betweenJobLists).toBeCloseTo(10.17857143, 7);
});

test("lists that differ less than the noise explains have the variance 0", () => {
  expect(varianceComponents(sampleOf([0, 10], [5, 5])).betweenJobLists).toBe(0);
});

test("one list says nothing of other jobs, one repeat nothing of the noise", () => {
  expect(varianceComponents(sampleOf([1, 3]))).toEqual({
    betweenRepeats: 2,
    betweenJobLists: null,
    reasons: ["there is one job list: what other jobs would change is unknown"],
  });
  const once = varianceComponents(sampleOf([1], [3]));
  expect([once.betweenRepeats, once.betweenJobLists]).toEqual([null, null]);
  expect(once.reasons[0]).toContain("cannot be told apart");
  expect(varianceComponents(sampleOf([1])).reasons).toEqual([
    "there is one run: the noise between repeats is unknown",
  ]);
});

test("components are never negative, and a shift of all figures changes neither", () => {
  fc.assert(
    fc.property(arbitrarySample, fc.integer({ min: -500, max: 500 }), (sample, shift) => {
      const shifted = sample.map(({ jobList, repeats }) => ({
        jobList,
        repeats: repeats.map((value) => value + shift),
      }));
      const [here, there] = [varianceComponents(sample), varianceComponents(shifted)];
      for (const name of ["betweenRepeats", "betweenJobLists"] as const) {
        expect(here[name] ?? 0).toBeGreaterThanOrEqual(0);
        if (here[name] === null) expect(there[name]).toBeNull();
        else expect(there[name]).toBeCloseTo(here[name], 4);
      }
    }),
    { numRuns: propertyRuns(200) },
  );
});
