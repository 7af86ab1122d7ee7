import path from "node:path";
import { describe, expect, it } from "vitest";
import { planCluster } from "../../../infra/plan";
import { bootstrapSteps } from "../../../infra/schedulers/registry";
import { slurmdbdConf, slurmFiles } from "../../../infra/schedulers/slurm/configuration";
import { slurmLayout } from "../../../infra/schedulers/slurm/layout";
import type { BootstrapStep } from "../../../infra/schedulers/step";
import { parseSpec } from "../../../spec/parse";
import { goldenFile, reviewedSteps, ruledSteps, touchedSteps } from "./step-rules";

const golden = (...names: string[]) => goldenFile("slurm", ...names);

/** What a policy means for Slurm; each has its golden files. */
const cases = {
  default: {},
  builtin: {
    topology: { nodes: { gpus: 4 } },
    scheduler: {
      kind: "slurm",
      policy: {
        sched: { type: "builtin" },
        select: { parameters: "CR_Core" },
        preemption: { type: "partition", mode: "suspend" },
      },
    },
  },
  fairshare: {
    topology: { pools: { gpu: { profile: "perlmutter-gpu" } } },
    scheduler: {
      kind: "slurm",
      policy: {
        priority: { type: "multifactor", shares: { user01: 4, user02: 2 }, decayHalfLife: 90_061 },
        preemption: { type: "qos", users: ["user03"] },
      },
    },
  },
  elastic: {
    topology: {
      nodes: { count: 1, elastic: { max: 3 } },
      pools: {
        gpu: {
          profile: "cpu1",
          gpus: 2,
          elastic: { max: 2, policy: { kind: "native", idle: 20 } },
        },
      },
    },
  },
  multifactor: {
    scheduler: {
      kind: "slurm",
      policy: {
        sched: { type: "backfill", maxJobsPerUser: 5, continue: false },
        priority: {
          type: "multifactor",
          weights: { fairshare: 0, jobsize: 100 },
          decayHalfLife: 0,
        },
      },
    },
  },
  traits: {
    topology: {
      nodes: { features: ["fast", "ib"] },
      pools: { gpu: { profile: "cpu2", gpus: 2, gpuType: "a100", features: ["fast"] } },
    },
    scheduler: {
      kind: "slurm",
      policy: { qos: { long: 10, short: 500 }, accounts: { physics: 3, biology: 1 } },
    },
  },
  "emulated-traits": {
    topology: {
      nodes: {
        memory: "2GiB",
        features: ["fast"],
        emulated: { perDomain: 50, cores: 32, memory: "128GiB", gpus: 4, gpuType: "h100" },
      },
    },
  },
  emulated: {
    topology: {
      nodes: {
        count: 2,
        memory: "2GiB",
        emulated: { perDomain: 500, cores: 32, memory: "128GiB", switches: 20 },
      },
      pools: {
        gpu: {
          memory: "2GiB",
          emulated: { perDomain: 64, cores: 64, memory: "512GiB", gpus: 4 },
        },
        z: { count: 2, emulated: { perDomain: 1, cores: 8, memory: "1GiB", gpus: 1 } },
      },
    },
    scheduler: {
      kind: "slurm",
      policy: { preemption: { type: "partition", mode: "cancel" } },
    },
  },
} as const;

function clusterOf(input: unknown) {
  const spec = parseSpec(input);
  const plan = planCluster(spec, { stack: "dev" });
  return { spec, plan, steps: bootstrapSteps(spec, plan) };
}

function stepsByName(input: unknown): Map<string, BootstrapStep> {
  return new Map(clusterOf(input).steps.map((step) => [step.name, step]));
}

const touched = (before: unknown, after: unknown) =>
  touchedSteps(clusterOf(before).steps, clusterOf(after).steps);

describe.each(Object.entries(cases))("the policy %s", (name, input) => {
  it("writes the files that were reviewed", async () => {
    const { spec, plan } = clusterOf(input);
    if (spec.scheduler.kind !== "slurm") throw new Error("not Slurm's policy");
    for (const file of slurmFiles(spec.scheduler.policy, plan, slurmLayout(spec, plan))) {
      await expect(file.content).toMatchFileSnapshot(golden(name, path.basename(file.path)));
    }
  });

  ruledSteps(() => clusterOf(input).steps);
});

describe("the steps of Slurm", () => {
  reviewedSteps("slurm", () => clusterOf(cases.default).steps);

  it("bring a database only for fair share and QOS", async () => {
    expect([...stepsByName(cases.multifactor).keys()]).not.toContain("slurmdbd");
    const { steps, plan } = clusterOf(cases.fairshare);
    const step = steps.find(({ name }) => name === "slurmdbd");
    await expect(step?.create).toMatchFileSnapshot(golden("fairshare", "slurmdbd.sh"));
    const controller = plan.nodes.find(({ role }) => role === "controller");
    if (controller === undefined) throw new Error("no controller");
    await expect(slurmdbdConf(controller)).toMatchFileSnapshot(
      golden("fairshare", "slurmdbd.conf"),
    );
  });

  it("bring the accounts and QOS that jobs may ask for, and each user into all of them", async () => {
    const step = stepsByName(cases.traits).get("slurmdbd");
    await expect(step?.create).toMatchFileSnapshot(golden("traits", "slurmdbd.sh"));
  });

  it("hold no password, and take the munge key on standard input", () => {
    for (const step of clusterOf(cases.fairshare).steps) {
      expect(step.create).not.toMatch(/StoragePass|IDENTIFIED BY/);
      expect(step.secret).toBe(step.name === "ready" ? undefined : "munge");
    }
  });

  it("leave the nodes alone when only the policy changes", () => {
    const base = { topology: cases.fairshare.topology };
    expect(touched(base, cases.fairshare)).toEqual(["slurmdbd", "slurmctld", "ready"]);
    expect(touched({}, cases.multifactor)).toEqual(["slurmctld", "ready"]);
  });

  it("ask the nodes of an elastic pool again when the configuration changes", () => {
    const { scheduler: _, ...fixed } = cases.elastic as { topology: object; scheduler?: object };
    const policy = { scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } } };
    expect(touched(fixed, { ...fixed, ...policy })).toEqual([
      "slurmctld",
      ...["node01", "node02", "node03", "gpu01", "gpu02"].map((node) => `slurmd-${node}`),
      "ready",
    ]);
  });

  it("change on the old nodes nothing but /etc/hosts when a node is added", () => {
    const withoutHosts = ({ create }: BootstrapStep) => create.replace(/^10\.\S+ \S+\n/gm, "");
    const before = stepsByName({ topology: { nodes: { count: 2 } } });
    const after = stepsByName({ topology: { nodes: { count: 3 } } });
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual(["slurmd-node03"]);
    for (const name of ["slurmd-node01", "slurmd-node02"]) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old === undefined || now === undefined) throw new Error(`no step ${name}`);
      expect(withoutHosts(now)).toBe(withoutHosts(old));
    }
  });

  it("run the same on every kind of domain", () => {
    for (const domain of ["kvm", "lxc", "qemu"]) {
      expect(touched({}, { topology: { domain } })).toEqual([]);
    }
  });

  it("put nodes of a list that say no leaf below a switch of their own", () => {
    const sizes = { cores: 1, memory: "1GiB" };
    const nodes = [
      { names: "a[1-2]", ...sizes, leaf: 0 },
      { names: "b1", ...sizes },
    ];
    const { spec, plan } = clusterOf({
      topology: { nodes: { count: 1, memory: "2GiB", emulated: { from: "list", nodes } } },
    });
    if (spec.scheduler.kind !== "slurm") throw new Error("not Slurm's policy");
    const files = slurmFiles(spec.scheduler.policy, plan, slurmLayout(spec, plan));
    expect(files.find(({ path: file }) => file.endsWith("topology.conf"))?.content).toBe(
      "SwitchName=nodes-leaf1 Nodes=a[1-2]\nSwitchName=nodes-leaf0 Nodes=b1\n" +
        "SwitchName=root Switches=nodes-leaf1,nodes-leaf0\n",
    );
  });

  it("run all slurmd of emulated nodes under one unit", async () => {
    const steps = stepsByName(cases.emulated);
    expect([...steps.keys()]).toEqual([
      "slurmctld",
      ...["node01", "node02", "gpu01", "z01", "z02"].map((name) => `emulated-${name}`),
      "ready",
    ]);
    const step = steps.get("emulated-node02");
    await expect(step?.create).toMatchFileSnapshot(golden("emulated", "emulated-node02.sh"));
    await expect(steps.get("ready")?.create).toMatchFileSnapshot(golden("emulated", "ready.sh"));
    expect(steps.get("slurmctld")?.create).not.toContain("scontrol reconfigure");
  });

  it("restart the daemons of emulated nodes when these have another size, not for a policy", () => {
    const { topology } = cases.emulated;
    const sized = {
      ...topology,
      nodes: { ...topology.nodes, emulated: { ...topology.nodes.emulated, cores: 48 } },
    };
    const scheduler = { ...cases.emulated.scheduler };
    expect(touched(cases.emulated, { scheduler, topology: sized })).toEqual([
      "slurmctld",
      "emulated-node01",
      "emulated-node02",
      "ready",
    ]);
    expect(touched(cases.emulated, { topology })).toEqual(["slurmctld", "ready"]);
  });

  it("wait again for every node when the configuration changes", () => {
    expect(touched({}, cases.builtin)).toContain("ready");
  });
});
