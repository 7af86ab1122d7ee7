import { describe, expect, test } from "vitest";
import { nodeViews, wholeNodes } from "../../../../experiments/schedulers/kubernetes/node-views";
import { nodeSchema, podSchema } from "../../../../experiments/schedulers/kubernetes/objects";
import { schedulerNodes } from "../../../../spec/emulated";
import { readyNode } from "./node-objects";
import { handleNode } from "./nodes";

const topology = { nodes: { count: 1 }, pools: { gpu: { count: 1 } } };
const whole = wholeNodes({
  schedulerNodes: schedulerNodes(topology, [
    handleNode({ name: "controller", role: "controller" }),
    handleNode({ name: "node01" }),
    handleNode({ name: "gpu01", pool: "gpu", vcpus: 4, gpus: 2 }),
  ]),
  partitions: [
    { name: "nodes", nodes: ["node01"] },
    { name: "gpu", nodes: ["gpu01"] },
  ],
});

const stateOf = (change: object) =>
  nodeViews(whole, [nodeSchema.parse({ ...readyNode("node01"), ...change })], [])[0]?.state;
const taint = (key: string, effect = "NoSchedule") => ({ spec: { taints: [{ key, effect }] } });

describe("a node", () => {
  test("is schedulable when kubelet says that it is ready and nothing keeps jobs away", () => {
    expect(stateOf({})).toBe("schedulable");
    expect(stateOf(taint("some/preference", "PreferNoSchedule"))).toBe("schedulable");
  });

  test("is absent when the API server does not know it, with the cores that it would have", () => {
    expect(nodeViews(whole, [], [])).toEqual([
      { name: "node01", state: "absent", cores: 2, jobs: 0 },
      { name: "gpu01", state: "absent", cores: 4, jobs: 0 },
    ]);
  });

  test.each(["False", "Unknown"])("is down when its readiness is %s, cordoned or not", (status) => {
    const conditions = { status: { conditions: [{ type: "Ready", status }] } };
    expect(stateOf(conditions)).toBe("down");
    expect(stateOf({ ...conditions, spec: { unschedulable: true } })).toBe("down");
  });

  test("is down while a taint keeps jobs away that a cordon did not make", () => {
    expect(stateOf(taint("node.kubernetes.io/not-ready"))).toBe("down");
    expect(stateOf(taint("node.kubernetes.io/out-of-service", "NoExecute"))).toBe("down");
  });

  test("drains from its cordon until the cordon's taint is gone", () => {
    expect(stateOf({ spec: { unschedulable: true } })).toBe("draining");
    expect(stateOf(taint("node.kubernetes.io/unschedulable"))).toBe("draining");
  });

  test("is down without its partition's label, or as long as it lacks an accelerator", () => {
    expect(stateOf({ metadata: { name: "node01" } })).toBe("down");
    const states = [0, 1, 2].map((gpus) => {
      const node = nodeSchema.parse(readyNode("gpu01", { partition: "gpu", cores: "4", gpus }));
      return nodeViews(whole, [node], [])[1]?.state;
    });
    expect(states).toEqual(["down", "down", "schedulable"]);
  });

  test("is down without the labels of its features and of its type of GPU", () => {
    const traits = { gpuType: "a100", features: ["fast"] };
    const [only] = schedulerNodes({ nodes: { count: 1, ...traits }, pools: {} }, [
      handleNode({ name: "node01", gpus: 1 }),
    ]);
    const typed = wholeNodes({ schedulerNodes: only === undefined ? [] : [only], partitions: [] });
    expect(typed[0]?.labels).toEqual({
      "schedlab.local/feature-fast": "true",
      "schedlab.local/gpu-type": "a100",
    });
    const bare = nodeSchema.parse(readyNode("node01", { gpus: 1 }));
    const labels = { ...bare.metadata.labels, ...typed[0]?.labels };
    const whole = { ...bare, metadata: { ...bare.metadata, labels } };
    expect([bare, whole].map((node) => nodeViews(typed, [node], [])[0]?.state)).toEqual([
      "down",
      "schedulable",
    ]);
  });

  test("has the cores that the API server says it may use, in whole numbers", () => {
    const cores = ["1500m", "3", "nonsense"].map(
      (cpu) =>
        nodeViews(whole, [nodeSchema.parse(readyNode("node01", { cores: cpu }))], [])[0]?.cores,
    );
    expect(cores).toEqual([1, 3, 2]);
  });

  test("has the pods that it was given and that are not off it yet", () => {
    const pod = (name: string, phase: string, nodeName?: string, metadata: object = {}) =>
      podSchema.parse({ metadata: { name, ...metadata }, spec: { nodeName }, status: { phase } });
    const deletionTimestamp = "2026-11-26T06:00:00Z";
    const views = nodeViews(
      whole,
      [],
      [
        pod("a", "Running", "node01"),
        pod("b", "Pending", "node01"),
        pod("c", "Pending"),
        pod("d", "Succeeded", "node01"),
        pod("e", "Failed", "node01"),
        // kubelet has not said yet that nothing of it is left.
        pod("f", "Failed", "node01", { deletionTimestamp }),
        pod("g", "Running", "gpu01"),
        pod("h", "Running", "another"),
      ],
    );
    expect(views.map(({ jobs }) => jobs)).toEqual([3, 1]);
  });
});
