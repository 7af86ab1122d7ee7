import { expect, test } from "vitest";
import { normalise, reference } from "../../../analysis/pareto/objectives";

const run = {
  utilisation: 0.75,
  jain: 0.5,
  makespan: 200,
  makespanBound: 150,
  underProvisioned: 60,
  overProvisioned: 40,
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
