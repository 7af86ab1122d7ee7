import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { planCluster } from "../../../infra/plan";
import {
  clusterObjects,
  queues,
  schedulerConfig,
} from "../../../infra/schedulers/kubernetes/volcano";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import type { BootstrapStep } from "../../../infra/schedulers/step";
import { parseSpec } from "../../../spec/parse";
import { userNames } from "../../../spec/users";
import { goldenFile, reviewedSteps, ruledSteps, touchedSteps } from "./step-rules";

const golden = (...names: string[]) => goldenFile("kubernetes", ...names);

/** What a policy means for Volcano; each has its golden files. */
const cases = {
  default: {},
  proportion: {
    topology: { nodes: { gpus: 4 }, pools: { gpu: { profile: "perlmutter-gpu" } } },
    scheduler: {
      policy: {
        fairness: "proportion",
        shares: { user01: 4, user02: 2 },
        preemption: { type: "reclaim" },
        placement: "binpack",
      },
    },
  },
  accounts: {
    scheduler: { policy: { fairness: "proportion", accounts: { physics: 3, biology: 1 } } },
  },
  urgent: {
    scheduler: {
      policy: {
        gang: false,
        backfill: false,
        fairness: "drf",
        schedulePeriodMs: 200,
        preemption: { type: "priority", users: ["user03"] },
      },
    },
  },
} as const;

interface Input {
  readonly topology?: unknown;
  readonly scheduler?: { readonly policy: unknown };
  readonly workload?: unknown;
}

function clusterOf({ scheduler, ...rest }: Input) {
  const spec = parseSpec({ ...rest, scheduler: { kind: "kubernetes", ...scheduler } });
  if (spec.scheduler.kind !== "kubernetes") throw new Error("not Kubernetes' policy");
  const plan = planCluster(spec, { stack: "dev" });
  const users = userNames(spec.workload.users.count);
  return { spec, policy: spec.scheduler.policy, plan, users, steps: bootstrapSteps(spec, plan) };
}

function stepsByName(input: Input): Map<string, BootstrapStep> {
  return new Map(clusterOf(input).steps.map((step) => [step.name, step]));
}

const touched = (before: Input, after: Input) =>
  touchedSteps(clusterOf(before).steps, clusterOf(after).steps);

describe.each(Object.entries(cases))("the policy %s", (name, input) => {
  it("writes the files that were reviewed", async () => {
    const { policy, users } = clusterOf(input);
    await expect(schedulerConfig(policy).content).toMatchFileSnapshot(
      golden(name, "volcano-scheduler.yaml"),
    );
    await expect(stringify(queues(policy, users))).toMatchFileSnapshot(golden(name, "queues.yaml"));
  });

  ruledSteps(() => clusterOf(input).steps);
});

describe("features and types of GPUs", () => {
  it("are labels of the node, which kubelet sets", () => {
    const pool = { gpus: 2, gpuType: "a100", features: ["fast", "ib"] };
    const create = stepsByName({ topology: { pools: { gpu: pool } } }).get("kubelet-gpu01")?.create;
    expect(create).toContain(
      "schedlab.local/partition-gpu=true,schedlab.local/feature-fast=true,schedlab.local/feature-ib=true,schedlab.local/gpu-type=a100",
    );
    expect(stepsByName({}).get("kubelet-node01")?.create).not.toMatch(/feature-|gpu-type/);
  });
});

describe("the steps of Kubernetes", () => {
  reviewedSteps("kubernetes", () => clusterOf(cases.default).steps);

  it("hand on the way to join as a secret, and hold none themselves", () => {
    for (const step of clusterOf(cases.default).steps) {
      const joins = step.name.startsWith("kubelet-");
      expect(step.secretFrom).toBe(joins ? "control-plane" : undefined);
      expect(step.create).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}\b|sha256:[0-9a-f]{64}/);
      // In the arguments of a process it could be seen by every user of the node.
      expect(step.create).not.toMatch(/kubeadm join .*token/);
    }
  });

  it("join every node at once, each with its own pods' addresses", () => {
    const { steps, plan } = clusterOf({ topology: { nodes: { count: 5 } } });
    const nodes = steps.filter(({ name }) => name.startsWith("kubelet-"));
    expect(nodes).toHaveLength(5);
    expect(nodes.map(({ needs }) => needs)).toEqual(nodes.map(() => ["control-plane"]));
    const subnets = nodes.map(({ create }) => /"subnet": "([^"]+)"/.exec(create)?.[1]);
    expect(new Set(subnets).size).toBe(5);
    for (const [index, { host, create }] of nodes.entries()) {
      const routes = [...create.matchAll(/^ip route replace (\S+) via (\S+)$/gm)];
      expect(routes.map(([, subnet]) => subnet)).toEqual(subnets.filter((_, at) => at !== index));
      const own = plan.nodes.find(({ name }) => name === host)?.address;
      expect(routes.map(([, , via]) => via)).not.toContain(own);
    }
  });

  it("leave the nodes and the control plane alone when only the policy changes", () => {
    expect(touched({}, cases.urgent)).toEqual(["volcano", "ready"]);
    expect(touched({ topology: cases.proportion.topology }, cases.proportion)).toEqual([
      "volcano",
      "ready",
    ]);
  });

  it("ask the nodes of an elastic pool again whenever the cluster is awaited again", () => {
    const nodes = { count: 1, elastic: { max: 2 } };
    const pools = (gpus: number) => ({ topology: { nodes, pools: { gpu: { gpus } } } });
    const kubelets = ["kubelet-node01", "kubelet-node02", "kubelet-gpu01"];
    const changed = { ...pools(1), ...cases.urgent };
    expect(touched(pools(1), changed)).toEqual(["volcano", ...kubelets, "ready"]);
    // `ready` also names the accelerators of the nodes.
    expect(touched(pools(1), pools(2))).toEqual([...kubelets, "ready"]);
  });

  it("tell a node's accelerators and partitions on that node only", () => {
    const steps = stepsByName(cases.proportion);
    expect(steps.get("kubelet-node01")?.create).toContain('"schedlab.local/gpu":"4"');
    expect(steps.get("kubelet-node01")?.create).toContain("schedlab.local/partition-nodes=true");
    expect(steps.get("kubelet-gpu01")?.create).toContain("schedlab.local/partition-gpu=true");
    expect(steps.get("kubelet-gpu01")?.create).not.toContain("partition-nodes");
    expect(stepsByName({}).get("kubelet-node01")?.create).toContain('"schedlab.local/gpu":null');
    expect(steps.get("ready")?.create).toMatch(/^gpu01 True 64 4\nnode01 True 2 4\n/m);
  });

  it("reserve of a node's memory what Slurm leaves to the system", () => {
    const nodes = { profile: "cpu2-512m" };
    expect(stepsByName({ topology: { nodes } }).get("kubelet-node01")?.create).toMatch(
      new RegExp(`^put_kubelet_options \\S+ \\S+ ${448 * 1024}$`, "m"),
    );
  });

  it("run the same on every kind of domain", () => {
    for (const domain of ["kvm", "lxc", "qemu"]) {
      expect(touched({}, { topology: { domain } })).toEqual([]);
    }
  });

  it("refuse an image that holds another Volcano", () => {
    const { create } = stepsByName({ scheduler: { policy: { volcanoVersion: "1.15.2" } } }).get(
      "volcano",
    ) ?? { create: "" };
    expect(create).toMatch(/^check_version \S+ 1\.15\.2$/m);
  });

  it("bind every user to a namespace of his own", () => {
    const { users } = clusterOf({ workload: { kind: "trace", users: { count: 2 } } });
    const objects = clusterObjects(users)
      .content.split("---\n")
      .map((document) => parse(document));
    const bindings = objects.filter(({ kind }) => kind === "RoleBinding");
    expect(
      bindings.map(({ metadata, subjects }) => [metadata.namespace, subjects[0].name]),
    ).toEqual([
      ["user01", "user01"],
      ["user02", "user02"],
    ]);
  });
});
