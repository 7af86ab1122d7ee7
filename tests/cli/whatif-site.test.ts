import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import type { WhatIfChoices } from "../../cli/whatif-choices";
import { answerWhatIf } from "../../cli/whatif-run";
import { temporaryDirectory } from "../store/run-fixture";
import { noLaboratory } from "./whatif-laboratory";

const topology = { nodes: { memory: "2GiB" }, controller: { memory: "4GiB" } };
const workload = { kind: "lublin", jobs: 5, users: { count: 2 } };

let directory = "";
const inside = (name: string) => path.join(directory, name);
const write = (name: string, ...lines: string[]) => writeFileSync(inside(name), lines.join("\n"));
const stackOf = (scheduler: object, further: object = {}) =>
  write("stack.yaml", stringify({ topology, workload, scheduler, ...further }));

beforeEach(() => {
  directory = temporaryDirectory();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What the command would run. */
async function planned(change: Partial<WhatIfChoices>): Promise<string> {
  const lines: string[] = [];
  const take = (line: unknown) => void lines.push(String(line));
  vi.spyOn(console, "log").mockImplementation(take);
  vi.spyOn(console, "error").mockImplementation(take);
  await answerWhatIf(
    {
      ...{ stack: inside("stack.yaml"), store: inside("s.duckdb"), set: [], resamples: 2 },
      ...{ metric: ["mean_wait"], margin: 0.05, dryRun: true },
      ...change,
    },
    noLaboratory,
  );
  return lines.join("\n");
}

const both = "4 runs on 1 cluster";

describe("a question about the file of a site", () => {
  const conf = [
    "NodeName=n[1-4] CPUs=64 RealMemory=4000 Gres=gpu:2",
    "PartitionName=p Nodes=ALL Default=YES",
    "GresTypes=gpu",
    "TopologyPlugin=topology/tree",
    "PriorityWeightFairshare=1000",
    "AccountingStorageEnforce=associations",
  ];
  const change = { set: ["PriorityDecayHalfLife=1-0"] };

  beforeEach(() => {
    write("slurm.conf", ...conf);
    write("topology.conf", "Include leaves.conf");
    write("leaves.conf", "SwitchName=leaf1 Nodes=n[1-4]");
    write("sacctmgr.dump", "Cluster - 'c'", "Account - 'a'", "Parent - 'a'", "User - 'ann'");
  });

  test("has the site's other files on both sides, with what they include", async () => {
    for (const site of [{ directory }, { configFile: inside("slurm.conf") }]) {
      stackOf({ kind: "slurm", site });
      expect(await planned(change)).toContain(both);
    }
    stackOf({ kind: "slurm" });
    expect(await planned({ ...change, config: inside("slurm.conf") })).toContain(both);
    write("changed.conf", ...conf, "PriorityDecayHalfLife=1-0");
    const second = { config: inside("slurm.conf"), with: inside("changed.conf") };
    expect(await planned(second)).toContain(both);
  });

  test("has what it includes, also where that is named in quotes", async () => {
    stackOf({ kind: "slurm" });
    const [nodes = "", partition = "", ...rest] = conf;
    write("slurm.conf", nodes, 'Include "parts.conf"', ...rest);
    write("parts.conf", partition);
    const limit = { set: ["PartitionName=p:MaxTime=5"], config: inside("slurm.conf") };
    expect(await planned(limit)).toContain(both);
  });

  test("is refused where the second file says the same in other words", async () => {
    stackOf({ kind: "slurm" });
    write("same.conf", "# the same", ...conf);
    const same = { config: inside("slurm.conf"), with: inside("same.conf") };
    await expect(planned(same)).rejects.toThrow("the change changes nothing");
  });
});

describe("a question about the file of another scheduler", () => {
  const queue = (policy: string) => `[sched-fluxion-qmanager]\nqueue-policy = "${policy}"\n`;

  test("has a second file beside the first", async () => {
    write("flux.toml", queue("fcfs"));
    write("easy.toml", queue("easy"));
    stackOf({ kind: "flux" });
    const second = { config: inside("flux.toml"), with: inside("easy.toml") };
    expect(await planned(second)).toContain(both);
    stackOf({ kind: "flux", site: { configFile: inside("flux.toml") } });
    expect(await planned({ with: inside("easy.toml") })).toContain(both);
    const key = `schedlab:scheduler.site.configFile=${inside("easy.toml")}`;
    expect(await planned({ set: [key] })).toContain(both);
    await expect(planned({ set: ["queue-policy=easy"] })).rejects.toMatchObject({
      remedy: "give a changed copy of the file with --with FILE",
    });
  });

  test("has a second file in YAML, as a stack is", async () => {
    const tiers = "tiers: [{plugins: [{name: gang}]}]";
    write("a.yaml", 'actions: "enqueue, allocate"', tiers);
    write("b.yaml", 'actions: "enqueue, allocate, backfill"', tiers);
    const pool = { perDomain: 4, cores: 4, memory: "4GiB" };
    const emulated = { ...topology, nodes: { memory: "2GiB", emulated: pool } };
    stackOf({ kind: "kubernetes" }, { topology: emulated });
    const second = { config: inside("a.yaml"), with: inside("b.yaml") };
    expect(await planned(second)).toContain(both);
  });
});
