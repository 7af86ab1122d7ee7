import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planCluster } from "../../../infra/plan";
import { leaderFile } from "../../../infra/schedulers/flux/configuration";
import { emulatedNodeSets } from "../../../infra/schedulers/flux/emulated";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import { schedulerNodes } from "../../../spec/emulated";
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

  it("ask the nodes of an elastic pool again whenever the cluster is awaited again", () => {
    const topology = { nodes: { count: 1, elastic: { max: 2 } } };
    const steps = (policy: object) => clusterOf(policy, topology).steps;
    const simple = { sched: { type: "simple" } };
    const brokers = ["broker-controller", "broker-node01", "broker-node02"];
    expect(touchedSteps(steps({}), steps(simple))).toEqual([...brokers, "ready"]);
    expect(touchedSteps(steps(simple), steps(simple))).toEqual([]);
  });
});

describe("features and types of GPUs are properties of Flux's nodes", () => {
  const features = ["fast", "ib"];
  it.each([
    ["traits", { nodes: { features }, pools: { gpu: { gpus: 2, gpuType: "a100" } } }],
    [
      "emulated-traits",
      {
        controller: { memory: "2GiB" },
        nodes: {
          features,
          emulated: { perDomain: 9, cores: 4, memory: "4GiB", gpus: 2, gpuType: "a100" },
        },
      },
    ],
  ])("%s", async (name, topology) => {
    await expect(leader({}, topology)).toMatchFileSnapshot(golden(name, "leader.toml"));
  });
});

describe("the steps of Flux over emulated nodes", () => {
  const emulated = { perDomain: 1000, cores: 32, memory: "64GiB", gpus: 4, switches: 40 };
  const controller = { memory: "2GiB" };
  const topology = { controller, nodes: { count: 2, emulated } };
  const steps = (policy: object = {}) => clusterOf(policy, topology).steps;
  ruledSteps(steps);

  it("start one broker, on the controller, and nothing of Flux on the domains", () => {
    expect(steps().map(({ name }) => name)).toEqual([
      "broker-controller",
      "host-node01",
      "host-node02",
      "ready",
    ]);
    const text = steps().find(({ name }) => name === "host-node01")?.create;
    expect(text).not.toMatch(/flux|munge/);
  });

  it("wait for every node by name", async () => {
    const { create = "" } = steps().at(-1) ?? {};
    await expect(create).toMatchFileSnapshot(golden("emulated", "ready.sh"));
  });

  it("configure nodes with GPUs and partitions, which are up without brokers", async () => {
    const [broker] = steps();
    const files = (broker?.create ?? "").split("\n");
    const part = files.slice(
      files.findIndex((line) => line.includes("broker.toml")),
      files.findIndex((line) => line.includes("flux.service")),
    );
    await expect(part.join("\n")).toMatchFileSnapshot(golden("emulated", "configuration.toml"));
  });

  it("keep the tables of a scheduler of their own apart from that of the resources", async () => {
    const text = leader({ sched: { type: "simple" } }, topology);
    expect(text.match(/^\[modules.*\]$/gm)).toEqual(["[modules]", "[modules.resource]"]);
  });

  it("name every emulated node once, however many domains there are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        (count, perDomain) => {
          const nodes = { count, emulated: { ...emulated, perDomain, switches: 1 } };
          const { spec, plan } = clusterOf({}, { controller, nodes });
          const named = emulatedNodeSets(spec.topology, plan).flatMap(({ hosts }) =>
            expanded(hosts),
          );
          expect(named).toEqual(schedulerNodes(spec.topology, plan.nodes).map(({ name }) => name));
        },
      ),
    );
  });
});

/** The hosts of "node01-[0003-0005]" or "node01-0001". */
function expanded(hosts: string): string[] {
  const [, prefix = "", first = "", last = ""] = /^(.*)\[(\d+)-(\d+)\]$/.exec(hosts) ?? [];
  if (prefix === "") return [hosts];
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => `${prefix}${String(Number(first) + index).padStart(first.length, "0")}`,
  );
}

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
