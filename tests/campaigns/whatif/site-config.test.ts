import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseChange } from "../../../campaigns/whatif/change";
import {
  type SiteQuestion,
  siteConfigOf,
  withSiteConfig,
} from "../../../campaigns/whatif/site-config";

const text = "SchedulerType=sched/backfill\nSchedulerParameters=bf_continue\n";
const file = "/etc/slurm.conf";
const config = { name: file, file, text, included: {}, directory: "/etc", others: {} };
const layer = { scheduler: { kind: "slurm", policy: { sched: { type: "builtin" } } } };

function sides(question: Partial<SiteQuestion>, ...set: string[]) {
  return withSiteConfig(layer, layer, {
    ...{ config, otherConfig: null, files: "/files" },
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
    expect(first?.file).toMatch(/^\/files\/[0-9a-f]{16}\/slurm\.conf$/);
    expect(second?.file).not.toBe(first?.file);
    expect(siteConfigOf(now)?.file).toBe(first?.file);
    expect(siteConfigOf(changed)?.file).toBe(second?.file);
    // The file says what the policy is.
    expect(now.scheduler).not.toHaveProperty("policy");
    const again = sides({}, "SchedulerParameters=bf_window=2880");
    expect(again.files).toEqual(files);
  });

  test("is copied without credentials and comments, each line at its place", () => {
    const kept = [
      "# SECRET",
      'AccountingStoragePass="a#SECRET" KillWait=3',
      "AuthInfo=SECRET SECRET",
      "JobCompLoc=http://u:\\",
      "SECRET@h",
      'Licenses="a:1" # SECRET',
    ].join("\n");
    const secret = {
      ...config,
      text: `${kept}\n${text}`,
      included: {
        "b.conf": "JobCompPass=SECRET",
        "unreadable.conf": "of ours AuthInfo=SECRET\nJobCompPass-=SECRET\n",
      },
    };
    const { files } = sides({ config: secret }, "MaxJobCount=7");
    expect(JSON.stringify(files)).not.toContain("SECRET");
    expect(files[2]?.text.split("\n").slice(0, 7)).toEqual([
      ...["", 'AccountingStoragePass="" KillWait=3', 'AuthInfo="" (unreadable)', 'JobCompLoc=""'],
      ...["", 'Licenses="a:1"', "SchedulerType=sched/backfill"],
    ]);
    expect(files.at(-1)?.text).toContain("MaxJobCount=7\n");
  });

  test("can be given twice in place of changes, or be changed further", () => {
    const otherConfig = { ...config, text: "SchedulerType=sched/builtin\n" };
    expect(sides({ otherConfig }).files.map((file) => file.text)).toEqual([text, otherConfig.text]);
    expect(sides({ otherConfig }, "MaxJobCount=7").files[1]?.text).toBe(
      "SchedulerType=sched/builtin\nMaxJobCount=7\n",
    );
  });

  test("keeps beside it what it includes", () => {
    const including = { ...config, included: { "sched.conf": "SchedulerPort=1\n" } };
    const { files } = sides({ config: including }, "SchedulerType=sched/builtin");
    expect(files.map(({ file }) => path.basename(file))).toEqual([
      ...["sched.conf", "slurm.conf", "sched.conf", "slurm.conf"],
    ]);
    expect(new Set(files.map(({ file }) => path.dirname(file))).size).toBe(2);
  });

  test("has the site's other files with it, but for those that the stack names itself", () => {
    const others = { "scheduler.site.gresFile": "/etc/gres.conf", "scheduler.site.qosFile": "/q" };
    const otherConfig = { ...config, directory: "/new", others: {}, text: "MaxJobCount=7\n" };
    const own = {
      scheduler: { kind: "slurm", site: { qosFile: "own.txt", set: { KillWait: 7 } } },
    };
    const { now, changed } = withSiteConfig(own, own, {
      ...{ changes: [], config: { ...config, others }, otherConfig, files: "/files" },
    });
    const site = { qosFile: "own.txt", set: { KillWait: 7 }, configFile: expect.any(String) };
    expect(now.scheduler).toEqual({
      kind: "slurm",
      site: { ...site, gresFile: "/etc/gres.conf", directory: "/etc" },
    });
    expect(changed.scheduler).toEqual({ kind: "slurm", site: { ...site, directory: "/new" } });
  });

  test("is that of the stack, by its own name or in the site's directory", () => {
    const named = (site: object) => siteConfigOf({ scheduler: { kind: "slurm", site } });
    const both = { configFile: "site/my.conf", directory: "other" };
    expect(named(both)).toMatchObject({ file: "site/my.conf", directory: "other" });
    const single = { file: "site/my.conf", directory: "site" };
    expect(named({ configFile: "site/my.conf" })).toMatchObject(single);
    const whole = { file: "site/slurm.conf", directory: "site" };
    expect(named({ directory: "site" })).toMatchObject(whole);
    expect(siteConfigOf(layer)).toMatchObject({ file: null, directory: null });
  });

  test("is not changed where the stack has a setting over it", () => {
    const over = { scheduler: { kind: "slurm", site: { set: { maxjobcount: 3 } } } };
    const asked = { ...{ config, otherConfig: null, files: "/files" } };
    const changes = [parseChange("MaxJobCount=7")];
    expect(() => withSiteConfig(over, over, { ...asked, changes })).toThrow(
      "MaxJobCount=7 would have no effect: the stack's scheduler.site.set has maxjobcount",
    );
    expect(parseChange("schedlab:scheduler.site.set.maxjobcount=7").kind).toBe("key");
  });

  test("is given as it is where the scheduler's is changed as a whole", () => {
    for (const kind of ["kubernetes", "flux"]) {
      const stack = { scheduler: { kind, policy: {} } };
      const otherConfig = { ...config, file: "/new/b", directory: "/new" };
      const asked = { config, otherConfig, files: "/files", changes: [] };
      const { now, changed, files } = withSiteConfig(stack, stack, asked);
      const site = (configFile: string, directory: string) => ({
        kind,
        site: { configFile, directory },
      });
      expect(now.scheduler).toEqual(site(file, "/etc"));
      expect(changed.scheduler).toEqual(site("/new/b", "/new"));
      expect(files).toEqual([]);
      const changes = [parseChange("queue-depth=7")];
      const set = (given: typeof config | null) => () =>
        withSiteConfig(stack, stack, { ...asked, config: given, otherConfig: null, changes });
      expect(set(config)).toThrow("queue-depth=7 names no key of the stack");
      expect(set(config)).toThrow(
        expect.objectContaining({ remedy: "give a changed copy of the file with --with FILE" }),
      );
      expect(set(null)).toThrow(
        expect.objectContaining({
          remedy: expect.stringContaining("--set schedlab:scheduler.policy"),
        }),
      );
    }
  });

  test("is needed where a parameter is to be changed", () => {
    expect(() => sides({ config: null }, "MaxJobCount=7")).toThrow("and there is none");
    expect(() => sides({}, "NodeName=a")).toThrow("NodeName=a: a NodeName has a line of its own");
    const otherConfig = config;
    expect(() => sides({ config: null, otherConfig })).toThrow("to compare the second one with");
    expect(sides({ config: null })).toEqual({ now: layer, changed: layer, files: [] });
  });
});
