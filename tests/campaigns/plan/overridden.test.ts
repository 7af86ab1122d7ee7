import { describe, expect, test } from "vitest";
import { overriddenCampaign } from "../../../campaigns/plan/overridden";
import { parseOverride } from "../../../campaigns/plan/override";

const document = {
  name: "x",
  base: ["small"],
  axes: { scheduler: ["slurm"], "workload.seed": [1, 2], size: ["small"] },
  exclude: [{ "workload.seed": 2 }],
  budget: { time: "2h", runs: 9 },
  parts: { small: {} },
};

const read = (...overrides: string[]) => overriddenCampaign(document, overrides.map(parseOverride));

describe("a campaign with overrides", () => {
  test("has the settings of the command line, one value each", () => {
    const { read: changed, problems } = read(
      ...["repeats=5", "budget.time=1h", "~budget.runs", "~exclude", "clusters=auto", "keep=true"],
    );
    expect(problems).toEqual([]);
    expect(changed?.campaign).toMatchObject({
      repeats: 5,
      budget: { time: "1h" },
      exclude: [],
      clusters: "auto",
      keep: true,
    });
    expect(changed?.campaign.budget.runs).toBeUndefined();
  });

  test.each([["base=small,small"], ["base=[small,small]"]])("has the base of %s", (override) => {
    expect(read(override).read?.campaign.base).toEqual(["small", "small"]);
  });

  test("has its axes changed, added and taken away, and knows those of the file", () => {
    const { read: changed, problems } = read(
      ...["workload.seed=7", "~size", "+shape=small", "workload.jobs=3,4", "~run.deadline"],
    );
    expect(problems).toEqual([]);
    expect(changed?.campaign.axes).toEqual({
      scheduler: ["slurm"],
      "workload.seed": [7],
      shape: ["small"],
      "workload.jobs": [3, 4],
      "run.deadline": [null],
    });
    expect(changed?.declared).toEqual(document.axes);
  });

  test.each([
    ["repeats=1,2", "is no axis: give one value"],
    ["repeats=0", "expected 1..100, got 0"],
    ["+scheduler=slurm", "the axis is there already; write scheduler=… to change it"],
    ["axes.workload.seed=1", "name the axis alone: workload.seed=…"],
    ["parts.small={}", "parts can be changed in the file only"],
    ["~scheduler.polcy", 'unknown key polcy in scheduler, did you mean "policy"?'],
    ["~topology", "not an axis; name a key of this section"],
    ["sise=small", 'unknown key, did you mean "size"?'],
    ["order.sed=1", 'unknown key, did you mean "seed"?'],
  ])("refuses %s", (override, message) => {
    expect(read(override).problems.map((problem) => problem.message)).toEqual([message]);
  });
});
