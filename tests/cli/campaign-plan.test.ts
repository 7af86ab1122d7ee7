import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type CampaignHost, fitHost } from "../../campaigns/plan/fit";
import { planCampaign } from "../../campaigns/plan/plan";
import { campaignTimes } from "../../campaigns/plan/times";
import { registerCampaign } from "../../cli/campaign";
import { planJson, type ShownPlan } from "../../cli/campaign-plan-json";
import { planText, timeText } from "../../cli/campaign-plan-text";
import { runCommand } from "./command";

const host: CampaignHost = {
  cores: 2,
  memoryMiB: 4096,
  totalMemoryMiB: 8192,
  freeDiskGiB: 20,
  autoDomain: null,
  inotify: null,
  running: new Set(),
  rangeConflict: () => null,
};

const file = `
name: pair
base: [small]
axes:
  scheduler: [slurm, kubernetes]
  workload.seed: range(1,3)
repeats: 2
budget: { time: 5min }
parts:
  small:
    topology:
      controller: { profile: cpu1 }
      nodes: { profile: cpu1-512m, count: 2 }
      overcommit: { cores: 4 }
    workload: { jobs: 4 }
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "schedlab-campaign-"));
  await writeFile(path.join(directory, "pair.yaml"), file);
  await writeFile(path.join(directory, "broken.yaml"), "name: pair\naxes: [1\nparts: 3\n");
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(() => {
  process.exitCode = 0;
});

async function shown(...overrides: string[]): Promise<ShownPlan> {
  const { readCampaignFile } = await import("../../campaigns/plan/file");
  const document = await readCampaignFile(path.join(directory, "pair.yaml"));
  const plan = await planCampaign(document, overrides);
  const fit = fitHost(plan, host);
  return { plan, host, fit, times: campaignTimes(plan, fit.atOnce, new Map()) };
}

describe("a plan for a person", () => {
  test("has the tuples by their axes, the clusters, the host, the time and the budget", async () => {
    const text = planText(await shown());
    expect(text).toContain("Campaign pair: 4 tuples × 2 repeats = 8 runs on 2 clusters, 1 at once");
    expect(text).toMatch(/scheduler +│ workload\.seed +│ cluster +│ jobs +│ one run/);
    expect(text).toMatch(/kubernetes +│ 2 +│ pair-\w{8} +│ 4 +│ \d+ s +│ planned jobs/);
    expect(text).toMatch(/pair-\w{8} +│ 2 +│ 3 +│ 3 +│ 2048 MiB +│ 4 GiB +│ 10\.77\.\d+\.0\/24/);
    expect(text).toContain("This host: 2 cores, 4096 MiB and 20 GiB free");
    expect(text).toMatch(/Expected: \d+ min/);
    expect(text).toMatch(/Budget: 5 min, enough for about [1-7] of 8 runs/);
  });

  test("counts the rows that it leaves out", async () => {
    const text = planText(await shown("workload.seed=range(100)"));
    expect(text).toContain("… and 160 more; --json shows them all");
  });

  test("names a single tuple", async () => {
    expect(planText(await shown("scheduler=slurm", "workload.seed=1"))).toContain("the only tuple");
  });
});

test("a plan for programs has every run, with the hash of its tuple and its cluster", async () => {
  const all = await shown();
  const json = JSON.parse(JSON.stringify(planJson(all)));
  expect(json).toMatchObject({ valid: true, fits: true, problems: [], atOnce: 1, repeats: 2 });
  expect(json.tuples).toHaveLength(4);
  expect(json.runs.map(({ position }: { position: number }) => position)).toEqual([
    ...[1, 2, 3, 4, 5, 6, 7, 8],
  ]);
  for (const { tuple, stack } of json.runs) {
    expect(json.tuples).toContainEqual(expect.objectContaining({ hash: tuple, stack }));
    expect(json.clusters).toContainEqual(expect.objectContaining({ stack, vcpus: 3 }));
  }
});

test.each([
  [0.4, "0 s"],
  [59.6, "1 min"],
  [80, "1 min 20 s"],
  [3600, "1 h"],
  [6720, "1 h 52 min"],
])("%d s are shown as %s", (seconds, text) => {
  expect(timeText(seconds)).toBe(text);
});

describe("schedlab campaign", () => {
  const campaign = (...args: string[]) => runCommand(registerCampaign, "campaign", ...args);
  const pair = () => path.join(directory, "pair.yaml");

  test("schema prints a JSON Schema", async () => {
    expect(JSON.parse((await campaign("schema")).output)).toMatchObject({ type: "object" });
  });

  test("plan reports every problem and exits with 1", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await campaign("plan", pair(), "workload.sed=1", "workload.jobs=0");
    expect(said.mock.calls).toEqual([
      [
        'workload.sed=1: unknown key sed in workload, did you mean "seed"?\n' +
          "workload.jobs: expected 1..100000, got 0",
      ],
    ]);
    expect(process.exitCode).toBe(1);
  });

  test("plan --json gives the problems with the values that lead to them", async () => {
    const { output } = await campaign("plan", pair(), "--json", "workload.jobs=3,0");
    expect(JSON.parse(output)).toEqual({
      valid: false,
      problems: [
        {
          path: "workload.jobs",
          message: "expected 1..100000, got 0",
          where: "workload.jobs 0",
        },
      ],
    });
    expect(process.exitCode).toBe(1);
  });

  test("plan says where a file is not YAML, and which file is missing", async () => {
    await expect(campaign("plan", path.join(directory, "broken.yaml"))).rejects.toThrow(
      /broken\.yaml is not YAML: .* at line 3, column 1/,
    );
    await expect(campaign("plan", path.join(directory, "nope.yaml"))).rejects.toThrow(
      /cannot read .*nope\.yaml/,
    );
    await expect(campaign("plan", pair(), "workload.seed")).rejects.toThrow("has no value");
  });
});
