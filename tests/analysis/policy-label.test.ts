import { expect, test } from "vitest";
import { policyLabel } from "../../analysis/policy-label";
import { parseSpec } from "../../spec/parse";

const policyOf = (scheduler: object) => JSON.stringify(parseSpec({ scheduler }).scheduler.policy);

test("a policy of Slurm is told by its variants; what is off goes unsaid", () => {
  const policy = policyOf({ kind: "slurm", policy: { priority: { type: "multifactor" } } });
  expect(policyLabel("slurm 24.11.5", policy)).toBe("backfill, multifactor");
});

test("a policy of Kubernetes is told by placement and fairness too", () => {
  const drf = { fairness: "drf", preemption: { type: "priority" } };
  expect(policyLabel("kubernetes", policyOf({ kind: "kubernetes", policy: drf }))).toBe(
    "nodeorder, drf, priority",
  );
  expect(policyLabel("kubernetes", policyOf({ kind: "kubernetes" }))).toBe("nodeorder");
});

test("a policy of a scheduler that this version does not know is told by its variants", () => {
  expect(policyLabel("novel 1.0", '{"queue":{"type":"easy"},"depth":{"type":"off"}}')).toBe("easy");
});

test("what is no policy has no label", () => {
  for (const policy of [null, "", "[1]", "{", '"text"'])
    expect(policyLabel("slurm", policy)).toBe("");
});
