import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { parseChange } from "../../../campaigns/whatif/change";
import {
  type SiteQuestion,
  siteConfigOf,
  withSiteConfig,
} from "../../../campaigns/whatif/site-config";

// Whether this version's schema has a key for the file is not the question here.
vi.mock("../../../spec/campaign/tuple-keys", async (original) => ({
  ...(await original<typeof import("../../../spec/campaign/tuple-keys")>()),
  pathProblem: () => undefined,
}));

const text = "SchedulerType=sched/backfill\nSchedulerParameters=bf_continue\n";
const layer = { scheduler: { kind: "slurm" } };

function sides(question: Partial<SiteQuestion>, ...set: string[]) {
  return withSiteConfig(layer, layer, {
    ...{ config: { name: "/etc/slurm.conf", text }, otherConfig: null, files: "/files" },
    changes: set.map(parseChange),
    ...question,
  });
}

describe("a site's configuration file", () => {
  test("is written for both sides, named by its content, with the parameter changed on one", () => {
    const { now, changed, files } = sides({}, "SchedulerParameters=bf_window=2880");
    const [first, second] = files;
    expect(first?.text).toBe(text);
    expect(second?.text).toBe(text.replace("bf_continue", "bf_continue,bf_window=2880"));
    expect(path.dirname(first?.file ?? "")).toBe("/files");
    expect(first?.file).toMatch(/\/[0-9a-f]{16}-slurm\.conf$/);
    expect(siteConfigOf(now)?.file).toBe(first?.file);
    expect(siteConfigOf(changed)?.file).toBe(second?.file);
    const again = sides({}, "SchedulerParameters=bf_window=2880");
    expect(again.files).toEqual(files);
  });

  test("can be given twice in place of changes, or be changed further", () => {
    const otherConfig = { name: "changed.conf", text: "SchedulerType=sched/builtin\n" };
    expect(sides({ otherConfig }).files.map((file) => file.text)).toEqual([text, otherConfig.text]);
    expect(sides({ otherConfig }, "MaxJobCount=7").files[1]?.text).toBe(
      "SchedulerType=sched/builtin\nMaxJobCount=7\n",
    );
  });

  test("is needed where a parameter is to be changed", () => {
    expect(() => sides({ config: null }, "MaxJobCount=7")).toThrow("and there is none");
    expect(() => sides({}, "NodeName=a")).toThrow("NodeName=a: a NodeName has a line of its own");
    const otherConfig = { name: "changed.conf", text };
    expect(() => sides({ config: null, otherConfig })).toThrow("to compare the second one with");
    expect(sides({ config: null })).toEqual({ now: layer, changed: layer, files: [] });
  });
});
