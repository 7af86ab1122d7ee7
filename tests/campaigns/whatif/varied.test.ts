import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { planCampaign } from "../../../campaigns/plan/plan";
import { whatIfCampaign } from "../../../campaigns/whatif/campaign";
import { parseChange } from "../../../campaigns/whatif/change";
import { configurationsOf, type Question } from "../../../campaigns/whatif/configurations";
import { whatVaries } from "../../../campaigns/whatif/varied";
import { temporaryDirectory } from "../../store/run-fixture";

const workload = { kind: "lublin", jobs: 5, body: "sleep", users: { count: 2 } };
const real = {
  topology: { nodes: { profile: "cpu2-512m", count: 2 } },
  scheduler: { kind: "slurm", policy: { sched: { interval: 5 } } },
  workload,
};
const roomy = { controller: { memory: "4GiB" }, nodes: { memory: "2GiB" } };
const sited = { topology: roomy, scheduler: { kind: "slurm" }, workload };

const nodes = "NodeName=cn[1-4] CPUs=64 RealMemory=4000\n";
const text = `${nodes}PartitionName=gpu Nodes=cn[3-4]\nPartitionName=long Nodes=cn[1-4]\nMaxJobCount=7\n`;

let directory = "";
beforeEach(() => {
  directory = temporaryDirectory();
});

async function varied(question: Partial<Question>, ...set: string[]) {
  const { now, changed, files } = configurationsOf({
    ...{ stack: real, trace: null, otherStack: null, config: null, otherConfig: null },
    ...{ files: path.join(directory, "files"), store: null, changes: set.map(parseChange) },
    ...question,
  });
  for (const { file, text: content } of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const document = whatIfCampaign({ now, changed }, "knob", {
    ...{ resamples: 0, repeats: 1, keep: false },
  });
  return whatVaries(await planCampaign(document, []));
}

const siteFile = (content: string) => ({
  ...{ name: "slurm.conf", file: "/slurm.conf", text: content, included: {} },
  ...{ directory, others: {} },
});
const ofSite = (...set: string[]) => varied({ stack: sited, config: siteFile(text) }, ...set);
const second = (content: string, further = "") =>
  varied({ stack: sited, config: siteFile(text + further), otherConfig: siteFile(content) });

describe("what varies", () => {
  test("is the policy, the scheduler or the cluster, by the keys of the stack", async () => {
    expect(await varied({}, "scheduler.policy.sched.window=2880")).toBe("policy");
    expect(await varied({}, "scheduler.kind=flux")).toBe("scheduler");
    expect(await varied({}, "topology.nodes.count=3")).toBe("topology");
  });

  test("is the cluster where a site's file changes nodes, or the partitions that they are in", async () => {
    expect(await ofSite("NodeName=cn[1-4]:RealMemory=8000")).toBe("topology");
    expect(await ofSite("PartitionName=gpu:Nodes=cn[1-4]")).toBe("topology");
    expect(await ofSite("PartitionName=long:Default=YES")).toBe("topology");
    expect(await second(text.replaceAll("cn[1-4]", "cn[1-6]"))).toBe("topology");
    expect(await second(`${text}PartitionName=new Nodes=cn1\n`)).toBe("topology");
    const moved = text.replace("MaxJobCount=7\n", "").replaceAll("cn[1-4]", "cn[1-6]");
    expect(await second(`KillWait=9\nmaxjobcount=7\n${moved}`, "KillWait=9\n")).toBe("topology");
  });

  test("is the cluster where a partition that only one side has brings limits of its own", async () => {
    const limited = `${text}PartitionName=new Nodes=cn[1-4] MaxTime=9 PriorityTier=3\n`;
    expect(await second(limited)).toBe("topology");
    expect(await second(text.replace("PartitionName=long Nodes=cn[1-4]\n", ""))).toBe("topology");
  });

  test("is the cluster where more nodes come and the same limits are in other words", async () => {
    const limits = "PartitionName=DEFAULT MaxTime=5 OverSubscribe=NO\n";
    const now = `${limits}${nodes}PartitionName=a,b Nodes=ALL State=UP\n`;
    const b = "partitionname=b Nodes=ALL state=UP oversubscribe=NO maxtime=5\n";
    const a = "PartitionName=a Nodes=ALL Default=NO MaxTime=5 State=UP OverSubscribe=NO\n";
    const changed = `${b}${a}${nodes.replace("cn[1-4]", "cn[1-6]")}`;
    const sides = { config: siteFile(now), otherConfig: siteFile(changed) };
    expect(await varied({ stack: sited, ...sides })).toBe("topology");
  });

  test("is the policy where a site's file changes any other setting", async () => {
    expect(await ofSite("SchedulerParameters=bf_window=2880")).toBe("policy");
    expect(await ofSite("PriorityDecayHalfLife=1-0")).toBe("policy");
    expect(await ofSite("PartitionName=gpu:MaxTime=2-0")).toBe("policy");
    expect(await ofSite("NodeName=cn[1-4]:Weight=5")).toBe("policy");
    const added = `${text}SchedulerParameters=bf_window=9\nSchedulerParameters+=bf_continue\n`;
    const sides = { stack: sited, config: siteFile(added) };
    expect(await varied(sides, "SchedulerParameters=-bf_continue")).toBe("policy");
    await expect(varied(sides, "SchedulerParameters=bf_window=9")).rejects.toThrow(
      "changes nothing",
    );
  });

  test("is the scheduler alone where another one has the nodes of a site", async () => {
    const file = path.join(directory, "slurm.conf");
    writeFileSync(file, text);
    const ours = { ...sited, scheduler: { kind: "slurm", site: { configFile: file } } };
    const listed = { ...roomy, nodes: { ...roomy.nodes, emulated: { from: "list", file } } };
    const other = { workload, topology: listed, scheduler: { kind: "flux" } };
    expect(await varied({ stack: ours, otherStack: other })).toBe("scheduler");
  });

  test("are not the addresses of the clusters", async () => {
    const network = { cidr: "10.99.0.0/24" };
    const elsewhere = { ...real, topology: { ...real.topology, network } };
    const other = { ...elsewhere, scheduler: { kind: "slurm" } };
    expect(await varied({ otherStack: other })).toBe("policy");
    await expect(varied({ otherStack: elsewhere })).rejects.toThrow("changes nothing");
  });
});

describe("a question is refused before anything runs", () => {
  const atOnce = "the change is of the cluster and the scheduler at once";

  test("where cluster and scheduler change at once", async () => {
    const window = "SchedulerParameters=bf_window=2880";
    await expect(
      varied({}, "topology.nodes.count=3", "scheduler.policy.sched.interval=9"),
    ).rejects.toThrow(atOnce);
    await expect(ofSite("NodeName=cn[1-4]:RealMemory=8000", window)).rejects.toThrow(atOnce);
    await expect(second(`${text}NodeName=cn9\nMaxJobCount=9\n`)).resolves.toBe("policy");
    const more = text.replaceAll("cn[1-4]", "cn[1-6]").replace("MaxJobCount=7", "MaxJobCount=9");
    await expect(second(more)).rejects.toThrow(atOnce);
  });

  test("where nodes and the limits of a partition change at once", async () => {
    const memory = "NodeName=cn[1-4]:RealMemory=8000";
    await expect(ofSite(memory, "PartitionName=gpu:MaxTime=2-0")).rejects.toThrow(atOnce);
    const wider = "PartitionName=gpu:Nodes=cn[1-4]";
    await expect(ofSite(wider, "PartitionName=gpu:PriorityTier=3")).rejects.toThrow(atOnce);
    const more = text.replaceAll("cn[1-4]", "cn[1-6]");
    for (const limit of ["PriorityTier=2", "OverSubscribe=NO", "PreemptMode=OFF", "MaxNodes=1"]) {
      const one = more.replace("PartitionName=long", `PartitionName=long ${limit}`);
      await expect(second(one)).rejects.toThrow(atOnce);
      await expect(second(`PartitionName=DEFAULT ${limit}\n${more}`)).rejects.toThrow(atOnce);
    }
  });

  test("where nodes change and others are to be taken first", async () => {
    const memory = "NodeName=cn[1-4]:RealMemory=8000";
    await expect(ofSite(memory, "NodeName=cn[1-4]:Weight=5")).rejects.toThrow(atOnce);
    const heavy = nodes.replace("\n", " Weight=1\nNodeName=cn[5-6] CPUs=64 Weight=9\n");
    await expect(
      second(text.replace(nodes, heavy).replaceAll("Nodes=cn[1-4]", "Nodes=ALL")),
    ).resolves.toBe("topology");
  });

  test("where one side has real nodes and the other emulated ones", async () => {
    const emulated = { perDomain: 10, cores: 4, memory: "1GiB" };
    const otherStack = { ...real, topology: { ...roomy, nodes: { memory: "2GiB", emulated } } };
    await expect(varied({ otherStack })).rejects.toThrow(
      "the change is from real nodes to emulated nodes",
    );
  });

  test("where the sites' accounts make other users of the log's", async () => {
    const dump = (user: string) => `Cluster - 'c'\nAccount - 'a'\nParent - 'a'\nUser - '${user}'\n`;
    const log = path.join(directory, "log.swf");
    writeFileSync(log, "; MaxProcs: 8\n1 0 0 60 1 -1 -1 1 60 -1 1 1 1 -1 1 -1 -1 -1\n");
    const of = (user: string) => {
      const own = path.join(directory, user);
      mkdirSync(own);
      writeFileSync(path.join(own, "slurm.conf"), text);
      writeFileSync(path.join(own, "sacctmgr.dump"), dump(user));
      const replay = { kind: "trace", file: log, body: "sleep", jobs: "all", users: { count: 1 } };
      const scheduler = { kind: "slurm", site: { directory: own } };
      return { topology: roomy, workload: replay, scheduler };
    };
    await expect(varied({ stack: of("ann"), otherStack: of("bob") })).rejects.toThrow(
      "with the change the jobs are others",
    );
  });
});
