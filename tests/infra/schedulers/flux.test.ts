import { describe, expect, it } from "vitest";
import { planCluster } from "../../../infra/plan";
import { leaderFile } from "../../../infra/schedulers/flux/configuration";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import { parseSpec } from "../../../spec/parse";
import { fluxPolicySchema } from "../../../spec/schedulers/flux/policy";
import { goldenFile, reviewedSteps, ruledSteps, touchedSteps } from "./step-rules";

const golden = (...names: string[]) => goldenFile("flux", ...names);

function clusterOf(policy: object = {}, topology: object = {}) {
  const spec = parseSpec({ topology, scheduler: { kind: "flux", policy } });
  const plan = planCluster(spec, { stack: "dev" });
  return { spec, plan, steps: bootstrapSteps(spec, plan) };
}

function leader(policy: object, topology: object = {}): string {
  const { spec, plan } = clusterOf(policy, topology);
  return leaderFile(fluxPolicySchema.parse(policy), spec, plan).content;
}

describe("the steps of Flux", () => {
  ruledSteps(() => clusterOf().steps);
  reviewedSteps("flux", () => clusterOf().steps);

  it("hold no secret, and take it on standard input", () => {
    for (const step of clusterOf().steps) {
      expect(step.create).not.toMatch(/secret-key = "[^{]/);
      expect(step.secret).toBe(step.name === "ready" ? undefined : "flux");
    }
  });

  it("leave the nodes alone when only the scheduler's policy changes", () => {
    const touched = touchedSteps(clusterOf().steps, clusterOf({ sched: { type: "simple" } }).steps);
    expect(touched).toEqual(["broker-controller", "ready"]);
  });
});

describe("the leader's configuration", () => {
  it.each([
    ["simple", { sched: { type: "simple", queueDepth: 3 } }],
    ["hybrid", { sched: { type: "fluxion", queuePolicy: "hybrid", matchPolicy: "lonode" } }],
  ])("of %s is the file that was reviewed", async (name, policy) => {
    await expect(leader(policy)).toMatchFileSnapshot(golden(name, "leader.toml"));
  });

  it("has a queue for each partition when there are several, and the GPUs of a pool", async () => {
    const topology = { pools: { gpu: { profile: "perlmutter-gpu" } } };
    await expect(leader({}, topology)).toMatchFileSnapshot(golden("pools", "leader.toml"));
  });

  it("excludes the controller from jobs", () => {
    expect(leader({})).toMatch(/^exclude = "controller"$/m);
  });
});
