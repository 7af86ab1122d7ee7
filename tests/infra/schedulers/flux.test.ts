import path from "node:path";
import { describe, expect, it } from "vitest";
import { planCluster } from "../../../infra/plan";
import { leaderFile } from "../../../infra/schedulers/flux/configuration";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import { parseSpec } from "../../../spec/parse";
import { fluxPolicySchema } from "../../../spec/schedulers/flux/policy";

const golden = (...names: string[]) => path.join(__dirname, "..", "golden", "flux", ...names);

function clusterOf(policy: object = {}, topology: object = {}) {
  const spec = parseSpec({ topology, scheduler: { kind: "flux", policy } });
  const plan = planCluster(spec, { stack: "dev" });
  return { plan, steps: bootstrapSteps(spec, plan) };
}

function leader(policy: object, topology: object = {}): string {
  return leaderFile(fluxPolicySchema.parse(policy), clusterOf(policy, topology).plan).content;
}

describe("the steps of Flux", () => {
  it("are the scripts that were reviewed", async () => {
    for (const { name, create, check } of clusterOf().steps) {
      await expect(create).toMatchFileSnapshot(golden("default", `${name}.sh`));
      await expect(check).toMatchFileSnapshot(golden("default", `${name}.check.sh`));
    }
  });

  it("hold no secret, and take it on standard input", () => {
    for (const step of clusterOf().steps) {
      expect(step.create).not.toMatch(/secret-key = "[^{]/);
      expect(step.secret).toBe(step.name === "ready" ? undefined : "flux");
    }
  });

  it("leave the nodes alone when only the scheduler's policy changes", () => {
    const before = new Map(clusterOf().steps.map(({ name, create }) => [name, create]));
    const after = clusterOf({ sched: { type: "simple" } }).steps;
    const touched = after.filter(({ name, create }) => before.get(name) !== create);
    expect(touched.map(({ name }) => name)).toEqual(["broker-controller", "ready"]);
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
