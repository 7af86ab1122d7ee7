import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../../spec/parse";
import { SpecError } from "../../../../spec/problems";
import {
  kubernetesPolicySchema,
  urgentPriorityClass,
  userPriorityClass,
  userQueue,
} from "../../../../spec/schedulers/kubernetes/policy";

function messagesOf(input: unknown): string[] {
  try {
    parseSpec(input);
  } catch (error) {
    if (error instanceof SpecError) {
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

const kubernetes = (policy: unknown, topology: unknown = {}) => ({
  topology,
  scheduler: { kind: "kubernetes", policy },
});

describe("the policy of Kubernetes", () => {
  it("has defaults that pass again unchanged", () => {
    const spec = parseSpec({ scheduler: { kind: "kubernetes" } });
    expect(spec.scheduler.policy).toEqual({
      volcanoVersion: "1.15.0",
      schedulePeriodMs: 1000,
      gang: true,
      placement: "nodeorder",
      fairness: "none",
      shares: {},
      backfill: true,
      preemption: { type: "off" },
    });
    expect(parseSpec(spec)).toEqual(spec);
  });

  it("has queues of accounts only where queues are weighed against each other", () => {
    const accounts = { physics: 3 };
    expect(messagesOf(kubernetes({ accounts, fairness: "proportion" }))).toEqual([]);
    expect(messagesOf(kubernetes({ accounts }))).toEqual([
      "scheduler.policy.accounts: accounts have queues with weights, which have no effect with fairness none; take fairness proportion",
    ]);
  });

  it("answers what Volcano does not have with the nearest name", () => {
    expect(messagesOf(kubernetes({ placment: "binpack" }))).toEqual([
      'scheduler.policy.placment: unknown key, did you mean "placement"?',
    ]);
    expect(messagesOf(kubernetes({ placement: "bin-pack" }))).toEqual([
      'scheduler.policy.placement: expected one of nodeorder, binpack, got "bin-pack", did you mean "binpack"?',
    ]);
    expect(messagesOf(kubernetes({ fairness: "proportional" }))).toEqual([
      'scheduler.policy.fairness: expected one of none, drf, proportion, got "proportional", did you mean "proportion"?',
    ]);
    expect(messagesOf(kubernetes({ sched: { type: "backfill" } }))[0]).toMatch(
      /^scheduler\.policy\.sched: unknown key/,
    );
    expect(messagesOf(kubernetes({ preemption: { type: "reclam" } }))[0]).toMatch(
      /did you mean "reclaim"\?$/,
    );
  });

  it("refuses shares and preemption that would have no effect", () => {
    expect(messagesOf(kubernetes({ shares: { user01: 2 } }))[0]).toMatch(
      /^scheduler\.policy\.shares: .* take fairness proportion$/,
    );
    expect(messagesOf(kubernetes({ preemption: { type: "reclaim" } }))[0]).toMatch(
      /^scheduler\.policy\.preemption\.type: reclaim takes from queues/,
    );
    expect(
      messagesOf(kubernetes({ fairness: "proportion", preemption: { type: "priority" } }))[0],
    ).toMatch(/^scheduler\.policy\.preemption\.type: Volcano preempts by priority within a queue/);
    expect(
      messagesOf(kubernetes({ fairness: "proportion", preemption: { type: "reclaim" } })),
    ).toEqual([]);
  });

  it("refuses users that the workload does not have", () => {
    expect(
      messagesOf(kubernetes({ fairness: "proportion", shares: { user98: 2 } })).map(
        (message) => message.split(":")[0],
      ),
    ).toEqual(["scheduler.policy.shares.user98"]);
    expect(
      messagesOf(kubernetes({ preemption: { type: "priority", users: ["user97"] } })).map(
        (message) => message.split(":")[0],
      ),
    ).toEqual(["scheduler.policy.preemption.users.user97"]);
  });

  it("wants memory for the control plane and for a node", () => {
    const topology = {
      controller: { profile: "cpu1-512m" },
      nodes: { profile: "cpu2-256m" },
      pools: { gpu: { profile: "cpu1-128m" } },
    };
    expect(messagesOf(kubernetes({}, topology))).toEqual([
      "topology.controller.memory: expected at least 1024MiB for Kubernetes, got 512MiB",
      "topology.nodes.memory: expected at least 384MiB for Kubernetes, got 256MiB",
      "topology.pools.gpu.memory: expected at least 384MiB for Kubernetes, got 128MiB",
    ]);
    expect(messagesOf({ topology })).toEqual([]);
  });

  it("wants an address for a pod on each core", () => {
    const nodes = { profile: "cpu2", vcpus: 200 };
    const on = (cidr: string) => kubernetes({}, { nodes, network: { cidr } });
    expect(messagesOf(on("10.77.0.0/16"))).toEqual([
      "topology.network.cidr: /16 leaves 125 pod addresses a node, topology.nodes has 200 cores; take a longer prefix",
    ]);
    expect(messagesOf(on("10.77.0.0/20"))).toEqual([]);
  });

  it("gives each user a queue only where queues are weighed", () => {
    const policy = (input: unknown) => kubernetesPolicySchema.parse(input);
    expect(userQueue(policy({}), "user02")).toBe("workload");
    expect(userQueue(policy({ fairness: "drf" }), "user02")).toBe("workload");
    expect(userQueue(policy({ fairness: "proportion" }), "user02")).toBe("user02");
  });

  it("gives the preempting users the urgent priority, and nobody else", () => {
    const policy = kubernetesPolicySchema.parse({
      preemption: { type: "priority", users: ["user01"] },
    });
    expect(userPriorityClass(policy, "user01")).toBe(urgentPriorityClass);
    expect(userPriorityClass(policy, "user02")).not.toBe(urgentPriorityClass);
  });
});
