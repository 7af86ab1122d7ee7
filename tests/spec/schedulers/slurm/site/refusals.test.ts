import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../../../spec/parse";
import { slurmCannotAsk } from "../../../../../spec/schedulers/slurm/asks";
import { slurmPolicySchema } from "../../../../../spec/schedulers/slurm/policy";
import {
  keptKeys,
  refusedKeys,
  replacedKeys,
} from "../../../../../spec/schedulers/slurm/site/keys";
import { listOfNodes, siteNodes } from "../../../../../spec/schedulers/slurm/site/nodes";
import { policyOf } from "../../../../../spec/schedulers/slurm/site/policy";
import { refusals } from "../../../../../spec/schedulers/slurm/site/refusals";
import { readSite } from "../../../../../spec/schedulers/slurm/site/site";

const cluster = "NodeName=n[1-4] CPUs=8 RealMemory=1000\nPartitionName=p Nodes=ALL Default=YES\n";
const refused = (conf: string, files: Record<string, string> = {}) =>
  refusals(readSite({ "slurm.conf": cluster + conf, ...files })).map(
    ({ line, key, message }) => `${line} ${key}: ${message}`,
  );

describe("a site's settings", () => {
  it("are each of one kind only", () => {
    const all = [...keptKeys, ...replacedKeys.keys(), ...refusedKeys.keys()];
    expect(new Set(all).size).toBe(all.length);
  });

  it.each([
    ["SelectType=select/cons_res", "select/cons_tres does the same"],
    ["SelectType=select/weird", "the image has no such plugin"],
    ["BurstBufferType=burst_buffer/datawarp", "no burst buffer"],
    ["FederationParameters=fed_display", "federation are not there"],
    ["Licenses=matlab@flex:10", "a server that is not there"],
    ["JobSubmitPlugins=lua", "job_submit.lua"],
    ["JobSubmitPlugins=cray_aries", "no longer"],
    ["TopologyPlugin=topology/tree", "topology.conf"],
    ["PreemptType=preempt/qos", "sacctmgr dump"],
    ["PriorityWeightFairshare=100", "sacctmgr dump"],
    ["AccountingStorageEnforce=limits", "sacctmgr dump"],
    ["PrioritySiteFactorPlugin=site_factor/fire", "not in the image"],
    ["SchedulerParamters=defer", 'no such setting, did you mean "schedulerparameters"?'],
    ["FrontendName=f1", "no longer in Slurm"],
    ["PartitionName=q Nodes=n1 MaxTimes=3", 'did you mean "maxtime"'],
    ["PartitionName=q Nodes=n1 AllowAccounts=x", 'expected "x" in sacctmgr.dump'],
    ["PartitionName=q Nodes=n1 QOS=x", 'expected "x" in qos.txt'],
  ])("are refused that cannot work here, with line and reason: %s", (line, reason) => {
    const found = refused(line);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
    expect(found[0]).toMatch(/^3 /);
  });

  it.each([
    ["BurstBufferType=burst_buffer/none", {}],
    ["AccountingStorageEnforce=none", {}],
    ["JobSubmitPlugins=job_submit/lua", { "job_submit.lua": "return slurm.SUCCESS" }],
    ["TopologyPlugin=topology/tree", { "topology.conf": "SwitchName=s Nodes=n[1-4]" }],
    ["PriorityWeightFairshare=100", { "sacctmgr.dump": "Cluster - 'c'" }],
    ["ControlMachine=old", {}],
  ])("are not refused without need: %s", (line, files) => {
    expect(refused(line, files as Record<string, string>)).toEqual([]);
  });

  it("can be set over the file's, and taken away", () => {
    const files = { "slurm.conf": `${cluster}SelectType=select/cons_res\nKillWait=5` };
    const set = (values: Record<string, string>) => readSite(files, values);
    expect(refusals(set({ selecttype: "select/cons_tres" }))).toEqual([]);
    expect(refusals(set({ SelectType: "" }))).toEqual([]);
    expect(set({ KillWait: "30" }).conf.settings.get("killwait")?.value).toBe("30");
  });

  it("amount to a policy in our words", () => {
    const site = readSite({
      "slurm.conf": `${cluster}SchedulerParameters=bf_window=2880,bf_interval=9999,bf_continue
PriorityType=priority/multifactor\nPriorityWeightAge=7\nPreemptType=preempt/partition_prio\nPreemptMode=GANG,SUSPEND`,
    });
    expect(policyOf(site)).toEqual({
      sched: { type: "backfill", window: 2880, continue: true },
      priority: {
        type: "multifactor",
        weights: { age: 7, fairshare: 0, jobsize: 0, partition: 0, qos: 0 },
      },
      preemption: { type: "partition", mode: "suspend" },
    });
    expect(policyOf(readSite({ "slurm.conf": "SchedulerType=sched/builtin" }))).toEqual({
      sched: { type: "builtin" },
      preemption: { type: "off" },
    });
  });
});

describe("a site's accounts and QOS", () => {
  it("are what jobs may name", () => {
    const policy = policyOf(
      readSite({
        "slurm.conf": cluster,
        "sacctmgr.dump":
          "Cluster - 'c'\nAccount - 'Astro':Fairshare=40\nAccount - '2024_proj'\nAccount - 'a.b'\nAccount - 'a+b'\nAccount - 'big':Fairshare=2147483647",
        "qos.txt": "Name|Priority\nnormal|0\nhigh|500\n6hours|\nlow.2|",
      }),
    );
    expect(policy).toMatchObject({
      qos: { high: 500, "6hours": 0, "low.2": 0 },
      accounts: { astro: 40, big: 10_000 },
    });
    expect(Object.keys(policy.accounts as object)).toEqual(["astro", "2024_proj", "a.b", "big"]);
    const asks = slurmPolicySchema.parse(policy);
    const ask = (attribute: "qos" | "account", value: string) =>
      slurmCannotAsk(asks, { attribute, value }, parseSpec({}).topology, true);
    for (const name of ["normal", "high", "6hours", "low.2"]) expect(ask("qos", name)).toBeNull();
    for (const name of ["astro", "2024_proj", "a.b"]) expect(ask("account", name)).toBeNull();
    // What a site has is in its own files: it has no scheduler.policy.
    expect(ask("qos", "gone")).toBe("the site's qos.txt has normal, high, 6hours, low.2");
    expect(ask("account", "gone")).toBe("the site's sacctmgr.dump has astro, 2024_proj, a.b, big");
    expect(ask("account", "a+b")).toBe(
      "schedlab takes a name of lower-case letters, digits, ., - and _ here",
    );
  });

  it("are told of a few where there are many, and that there may be no file of them", () => {
    const accounts = Array.from({ length: 20 }, (_, index) => `Account - 'a${index}'`);
    const files = {
      "slurm.conf": cluster,
      "sacctmgr.dump": ["Cluster - 'c'", ...accounts].join("\n"),
    };
    const why = (given: Record<string, string>) =>
      slurmCannotAsk(
        slurmPolicySchema.parse(policyOf(readSite(given))),
        { attribute: "account", value: "gone" },
        parseSpec({}).topology,
        true,
      );
    expect(why(files)).toMatch(/ has a0, a1, .*, a11 and 8 more$/);
    expect(why({ "slurm.conf": cluster })).toBe(
      "the site's sacctmgr.dump names none, or was not given",
    );
  });
});

describe("a site's nodes", () => {
  const nodesOf = (conf: string, files: Record<string, string> = {}) =>
    siteNodes(readSite({ "slurm.conf": conf, ...files }));

  it("have their true number, shape, partitions and switches", () => {
    const found = nodesOf(
      [
        "NodeName=c[1-3] Sockets=2 CoresPerSocket=4 ThreadsPerCore=2 RealMemory=1000 Feature=x",
        "NodeName=g1 CPUs=8 RealMemory=2000 MemSpecLimit=500 Gres=gpu:a100:4(S:0),gpu:v100:2,nvme:1T",
        "NodeName=f[1-9] CPUs=1 State=FUTURE",
        "NodeName=alone CPUs=1",
        "NodeSet=s Feature=x",
        "PartitionName=one Nodes=s",
        "PartitionName=two Nodes=c1,g1 Default=yes",
        "PartitionName=none",
      ].join("\n"),
      {
        "topology.conf":
          "SwitchName=a Nodes=c[1-2]\nSwitchName=b Nodes=c3,g1\nSwitchName=r Switches=a,b",
      },
    );
    expect(found.problems).toEqual([]);
    expect(found.nodes.at(-1)?.gres).toEqual([
      { name: "gpu", type: "a100", count: 4 },
      { name: "gpu", type: "v100", count: 2 },
      { name: "nvme", type: "", count: 1024 ** 4 },
    ]);
    expect(found.partitions).toEqual(["two", "one"]);
    const x = { features: ["x"] };
    expect(listOfNodes(found).nodes).toEqual([
      {
        names: "c1",
        cores: 16,
        memory: "1000MiB",
        gpus: 0,
        ...x,
        partitions: ["two", "one"],
        leaf: 0,
      },
      { names: "c2", cores: 16, memory: "1000MiB", gpus: 0, ...x, partitions: ["one"], leaf: 0 },
      { names: "c3", cores: 16, memory: "1000MiB", gpus: 0, ...x, partitions: ["one"], leaf: 1 },
      { names: "g1", cores: 8, memory: "1500MiB", gpus: 6, partitions: ["two"], leaf: 1 },
    ]);
    expect(found.leftOut.map(({ names }) => names.length)).toEqual([9, 1]);
  });

  it("have features and types of GPUs by all names that every scheduler takes", () => {
    const traits = (fields: string) =>
      listOfNodes(nodesOf(`NodeName=n CPUs=1 ${fields}\nPartitionName=p Nodes=n`)).nodes[0];
    expect(traits("Gres=gpu:2080ti:4 Feature=2080ti,mem:80gb,ib.hdr")).toMatchObject({
      ...{ gpus: 4, gpuType: "2080ti", features: ["2080ti", "ib.hdr"] },
    });
    expect(traits("Gres=gpu:1g.5gb:7")).toMatchObject({ gpus: 7, gpuType: "1g.5gb" });
  });

  it("keep their names unless a domain has them, or nobody else could", () => {
    const { names } = nodesOf("NodeName=node01,CN_7,x.y.z CPUs=1\nPartitionName=p Nodes=ALL");
    expect([...names.values()]).toEqual(["s-node01", "cn-7", "x"]);
    const { problems } = nodesOf("NodeName=A,a CPUs=1\nPartitionName=p Nodes=ALL");
    expect(problems[0]?.message).toBe("a would be called a, as another node is");
  });

  it.each([
    ["NodeName=n CPUs=x\nPartitionName=p Nodes=n", "expected a whole number above 0, got x"],
    ["NodeName=n Gres=gpu:a:b:c\nPartitionName=p Nodes=n", "expected name:type:count"],
    ["NodeName=n Gres=gpu:17\nPartitionName=p Nodes=n", "at most 16 GPUs"],
    ["NodeName=n\nPartitionName=p Nodes=n,m", "expected nodes of this file, got m"],
    ["NodeName=n\nPartitionName=p Nodes=n\nPartitionName=p", "p is there twice"],
    ["NodeName=n", "expected nodes that are in a partition"],
  ])("are refused with what was expected: %s", (conf, message) => {
    expect(
      nodesOf(conf)
        .problems.map((problem) => problem.message)
        .join("\n"),
    ).toContain(message);
  });
});
