import path from "node:path";
import { describe, expect, it } from "vitest";
import { repoRoot } from "../../../base/paths";
import { planCluster } from "../../../infra/plan";
import { changesText } from "../../../infra/schedulers/changes";
import { bootstrapSteps, policyFiles, siteChanges } from "../../../infra/schedulers/registry";
import { withSite } from "../../../infra/site";
import { schedulerNodes, schedulerPartitions } from "../../../spec/emulated";
import { parseSpec } from "../../../spec/parse";
import { ruledSteps, touchedSteps } from "./step-rules";

const golden = (name: string) => path.join(repoRoot, "tests/infra/golden/site", name);
const roomy = { controller: { memory: "2GiB" }, nodes: { memory: "2GiB" } };

function clusterOf(tuple: Record<string, unknown>) {
  const spec = parseSpec(withSite({ topology: roomy, ...tuple }));
  const plan = planCluster(spec, { stack: "site" });
  return { spec, plan, steps: bootstrapSteps(spec, plan) };
}

const slurm = (further: object = {}) => ({
  scheduler: { kind: "slurm", site: { directory: "examples/site", ...further } },
  workload: { kind: "lublin", jobs: 10, body: "hold", users: { count: 12 } },
});

describe("the example's site", () => {
  const cluster = clusterOf(slurm());

  it("becomes the files that were reviewed, and says all that is otherwise", async () => {
    const { spec, plan } = cluster;
    for (const { path: file, content } of policyFiles(spec, plan)) {
      await expect(content).toMatchFileSnapshot(golden(path.basename(file)));
    }
    await expect(changesText(siteChanges(spec, plan))).toMatchFileSnapshot(golden("changes.diff"));
  });

  it("has its accounts in the database, and every slurmd by its name", async () => {
    const step = (name: string) => cluster.steps.find((one) => one.name === name)?.create;
    await expect(step("slurmdbd")).toMatchFileSnapshot(golden("slurmdbd.sh"));
    expect(step("emulated-node01")).toContain("cn001\ncn002\n");
    expect(step("emulated-node01")).toContain("gpu60\nSCHEDLAB_END_OF_FILE");
  });

  it("has 500 nodes of three shapes in six partitions, under 20 leaf switches", () => {
    const { spec, plan } = cluster;
    const nodes = schedulerNodes(spec.topology, plan.nodes);
    expect(nodes).toHaveLength(500);
    expect(new Set(nodes.map(({ vcpus, gpus }) => `${vcpus} ${gpus}`)).size).toBe(3);
    expect(new Set(nodes.map(({ leaf }) => leaf)).size).toBe(20);
    const sizes = schedulerPartitions(plan.partitions, nodes).map((one) => [
      one.name,
      one.nodes.length,
    ]);
    expect(Object.fromEntries(sizes)).toEqual({
      batch: 400,
      long: 200,
      bigmem: 40,
      gpu: 60,
      debug: 10,
      all: 500,
    });
    expect(sizes[0]?.[0]).toBe("batch");
  });

  it("is a change for the controller alone when a setting is set over it", () => {
    const changed = clusterOf(slurm({ set: { SchedulerParameters: "bf_window=2880" } }));
    expect(touchedSteps(cluster.steps, changed.steps)).toEqual(["slurmdbd", "slurmctld", "ready"]);
    const conf = policyFiles(changed.spec, changed.plan).find((file) =>
      file.path.endsWith("slurm.conf"),
    );
    expect(conf?.content).toMatch(/^SchedulerParameters=bf_window=2880$/m);
  });

  it("spreads over domains in its order, with ports from the first on each", () => {
    const tuple = { ...slurm(), topology: { ...roomy, nodes: { ...roomy.nodes, count: 3 } } };
    const { spec, plan } = clusterOf(tuple);
    const conf =
      policyFiles(spec, plan).find((file) => file.path.endsWith("slurm.conf"))?.content ?? "";
    const lines = conf.split("\n").filter((line) => line.startsWith("NodeName="));
    expect(lines.map((line) => line.split(" ").slice(0, 4).join(" "))).toEqual([
      "NodeName=cn[001-166] NodeHostname=node01 NodeAddr=10.77.0.11 Port=[17001-17166]",
      "NodeName=cn[167-333] NodeHostname=node02 NodeAddr=10.77.0.12 Port=[17001-17167]",
      "NodeName=cn[334-400] NodeHostname=node03 NodeAddr=10.77.0.13 Port=[17001-17067]",
      "NodeName=big[01-40] NodeHostname=node03 NodeAddr=10.77.0.13 Port=[17068-17107]",
      "NodeName=gpu[01-60] NodeHostname=node03 NodeAddr=10.77.0.13 Port=[17108-17167]",
    ]);
  });

  ruledSteps(() => cluster.steps);
});

describe("the example's nodes under another scheduler", () => {
  it.each(["kubernetes", "flux"])("are the same: %s", (kind) => {
    const controller = { memory: "4GiB" };
    const nodes = { memory: "2GiB", emulated: { from: "list", file: "examples/site" } };
    const { spec, plan, steps } = clusterOf({
      topology: { controller, nodes },
      scheduler: { kind },
    });
    const text = steps.map(({ create }) => create).join("\n");
    expect(schedulerNodes(spec.topology, plan.nodes)).toHaveLength(500);
    expect(text).toContain(kind === "flux" ? 'hosts = "cn[001-008]"' : " cn001 cn002 ");
    expect(text).toContain("bigmem");
  });
});
