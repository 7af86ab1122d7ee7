import fc from "fast-check";
import { expect, test } from "vitest";
import { normalise, objectives, reference } from "../../../analysis/pareto/objectives";

const run = {
  utilisation: 0.75,
  jain: 0.5,
  makespan: 200,
  makespanBound: 150,
  underProvisioned: 60,
  overProvisioned: 40,
  supplyCanChange: true,
};

test("the published formulae", () => {
  expect(normalise(run)).toEqual({
    values: { idle: 0.25, unfairness: 0.5, completion: 0.25, elasticity: 0.5 },
    reasons: {},
  });
});

test("the best run there can be lies at the origin, the worst at the reference", () => {
  const best = { utilisation: 1, jain: 1, makespan: 150, underProvisioned: 0, overProvisioned: 0 };
  expect(Object.values(normalise({ ...run, ...best }).values)).toEqual([0, 0, 0, 0]);
  const worst = {
    utilisation: 0,
    jain: 0,
    makespan: 1e300,
    underProvisioned: 100,
    overProvisioned: 1e300,
  };
  expect(Object.values(normalise({ ...run, ...worst }).values)).toEqual(reference);
});

test("an unknown figure leaves its objective null, with the reason", () => {
  expect(normalise({ ...run, jain: null, makespanBound: null, overProvisioned: null })).toEqual({
    values: { idle: 0.25, unfairness: null, completion: null, elasticity: null },
    reasons: {
      unfairness: "no Jain index",
      completion: "no lower bound of the makespan",
      elasticity: "no provisioning accuracy",
    },
  });
});

test("on a fixed cluster elasticity is no objective, however good its figures", () => {
  expect(normalise({ ...run, underProvisioned: 0, supplyCanChange: false })).toMatchObject({
    values: { idle: 0.25, elasticity: null },
    reasons: { elasticity: "supply cannot change on a fixed cluster" },
  });
});

test("a figure that cannot be leaves its objective null, with the figure", () => {
  const impossible = { utilisation: 1.33, jain: Number.NaN, makespanBound: 201 };
  const { values, reasons } = normalise({ ...run, ...impossible, overProvisioned: 1 / 0 });
  expect(values).toEqual({ idle: null, unfairness: null, completion: null, elasticity: null });
  expect(reasons).toEqual({
    idle: "a utilisation of 1.33 is not in 0..1",
    unfairness: "a Jain index of NaN is not in 0..1",
    completion: "a makespan of 200 s is below its lower bound, 201 s",
    elasticity: "provisioning is off by Infinity %",
  });
});

test("every objective is in 0..1 or has a reason, whatever the figures", () => {
  const figure = fc.option(fc.double({ min: -10, max: 1e300 }), { nil: null });
  const any = fc.record({
    utilisation: figure,
    jain: figure,
    makespan: figure,
    makespanBound: figure,
    underProvisioned: figure,
    overProvisioned: figure,
    supplyCanChange: fc.boolean(),
  });
  fc.assert(
    fc.property(any, (some) => {
      const { values, reasons } = normalise(some);
      for (const objective of objectives) {
        const value = values[objective];
        if (value === null) expect(reasons[objective]).toBeTypeOf("string");
        else expect(value >= 0 && value <= 1).toBe(true);
      }
    }),
  );
});

test("a full cluster whose sums were rounded up is idle for no time", () => {
  const full = { utilisation: 1.0000000000000002, jain: 1.0000000000000002 };
  expect(normalise({ ...run, ...full }).values).toMatchObject({ idle: 0, unfairness: 0 });
});
