import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readQuestion } from "../../cli/whatif-question";
import { withParameter } from "../../spec/schedulers/slurm/config-parameter";
import { temporaryDirectory } from "../store/run-fixture";

let directory = "";
const inside = (...names: string[]) => path.join(directory, ...names);

beforeEach(() => {
  directory = temporaryDirectory();
  writeFileSync(inside("site.yaml"), stringify({ run: { store: inside("own", "s.duckdb") } }));
});

const ask = (change: object) =>
  readQuestion({ ...{ stack: inside("site.yaml"), set: ["a=1"] }, ...change });

describe("what a question names is read", () => {
  test("a configuration file with what it includes, as far as that lies beside it", async () => {
    writeFileSync(inside("slurm.conf"), "Include /etc/slurm/sched.conf\nInclude gone.conf\n");
    writeFileSync(inside("sched.conf"), "Include deep.conf\nInclude sched.conf\n");
    writeFileSync(inside("deep.conf"), "A=1\n");
    const { config, files } = await ask({ config: inside("slurm.conf") });
    expect(config?.included).toEqual({
      "sched.conf": "Include deep.conf\nInclude sched.conf\n",
      "deep.conf": "A=1\n",
    });
    expect(files).toBe(inside("own", "campaigns", "files"));
    const { files: others } = await ask({ store: inside("other", "s.duckdb") });
    expect(others).toBe(inside("other", "campaigns", "files"));
  });

  test("a configuration file with what it includes from a directory below it", async () => {
    mkdirSync(inside("conf.d"));
    writeFileSync(inside("slurm.conf"), "Include conf.d/a.conf\nInclude ../b.conf\n");
    writeFileSync(inside("conf.d", "a.conf"), "Include conf.d/b.conf\n");
    writeFileSync(inside("conf.d", "b.conf"), "A=1\n");
    const { config } = await ask({ config: inside("slurm.conf") });
    expect(config?.included).toEqual({
      "conf.d/a.conf": "Include conf.d/b.conf\n",
      "conf.d/b.conf": "A=1\n",
    });
    const texts = config ?? { text: "", included: {} };
    const plain = { ...texts, text: "Include conf.d/a.conf\n" };
    expect(withParameter(plain, "A=2")).toMatchObject({ included: { "conf.d/b.conf": "A=2\n" } });
    expect(withParameter(plain, "MaxJobCount=2")).toHaveProperty("text");
  });

  test("a configuration file with the site's other files beside it, or else the stack's", async () => {
    for (const name of ["own", "stacks", "new"]) mkdirSync(inside(name));
    const put = (...names: string[]) => writeFileSync(inside(...names), "A=1\n");
    for (const name of ["slurm.conf", "gres.conf", "topology.conf"]) put("stacks", name);
    for (const name of ["slurm.conf", "gres.conf", "changed.conf"]) put("own", name);
    for (const name of ["slurm.conf", "topology.conf"]) put("new", name);
    const stack = inside("stack.yaml");
    const write = (site: object) => writeFileSync(stack, stringify({ scheduler: { site } }));
    const others = (gresFile: string, topologyFile: string) => ({
      "scheduler.site.gresFile": gresFile,
      "scheduler.site.topologyFile": topologyFile,
    });
    const stacks = others(inside("stacks", "gres.conf"), inside("stacks", "topology.conf"));
    const mixed = others(inside("own", "gres.conf"), inside("stacks", "topology.conf"));
    for (const site of [
      { directory: inside("stacks") },
      { configFile: inside("stacks", "slurm.conf") },
      { configFile: inside("own", "slurm.conf"), directory: inside("stacks") },
    ]) {
      write(site);
      const { config } = await ask({ stack });
      expect(config).toMatchObject({ directory: inside("stacks"), others: stacks });
      const named = await ask({ stack, config: inside("own", "slurm.conf") });
      expect(named.config).toMatchObject({ directory: inside("own"), others: mixed });
      const second = { stack, config: inside("own", "slurm.conf") };
      const beside = await ask({ ...second, with: inside("own", "changed.conf") });
      expect(beside.otherConfig).toMatchObject({ directory: inside("own"), others: mixed });
      const apart = await ask({ ...second, with: inside("new", "slurm.conf") });
      expect(apart.otherConfig).toMatchObject({
        directory: inside("new"),
        others: others(inside("own", "gres.conf"), inside("new", "topology.conf")),
      });
    }
    // The stack says that the others are elsewhere, so they are for a copy beside its file too.
    const copy = await ask({ stack, with: inside("own", "changed.conf") });
    expect(copy.otherConfig).toMatchObject({ directory: inside("stacks"), others: stacks });
    const bare = await ask({ config: inside("new", "slurm.conf") });
    expect(bare.config?.others).toEqual({
      "scheduler.site.topologyFile": inside("new", "topology.conf"),
    });
  });

  test("a second file is a stack by its name, else a configuration file", async () => {
    writeFileSync(inside("other.yml"), stringify({ workload: { jobs: 3 } }));
    writeFileSync(inside("slurm.conf"), "A=1\n");
    const stack = await ask({ with: inside("other.yml") });
    expect([stack.otherStack, stack.otherConfig]).toEqual([{ workload: { jobs: 3 } }, null]);
    const config = await ask({ config: inside("slurm.conf"), with: inside("slurm.conf") });
    expect([config.otherStack, config.otherConfig?.text]).toEqual([null, "A=1\n"]);
  });

  test("a second file in YAML is a stack by what it holds, where the scheduler's own is YAML too", async () => {
    const stack = inside("volcano.yaml");
    writeFileSync(inside("b.yaml"), 'actions: "enqueue, allocate"\ntiers: []\n');
    writeFileSync(inside("a.yaml"), 'actions: "allocate"\ntiers: []\n');
    const site = { configFile: inside("a.yaml") };
    writeFileSync(stack, stringify({ scheduler: { kind: "kubernetes", site } }));
    const given = await ask({ stack, set: [], with: inside("b.yaml") });
    expect(given.otherStack).toBeNull();
    expect([given.config?.file, given.otherConfig?.file]).toEqual([
      inside("a.yaml"),
      inside("b.yaml"),
    ]);
    const whole = await ask({ stack, set: [], with: stack });
    expect([whole.otherStack, whole.otherConfig]).toEqual([
      { scheduler: { kind: "kubernetes", site } },
      null,
    ]);
    writeFileSync(inside("bad.yaml"), "actions: [");
    await expect(ask({ stack, with: inside("bad.yaml") })).rejects.toThrow("is not YAML");
  });

  test("a log is named as a stack would name it", async () => {
    writeFileSync(inside("a.swf"), "");
    expect((await ask({ trace: inside("a.swf") })).trace).toBe(inside("a.swf"));
    await expect(ask({ trace: inside("b.swf") })).rejects.toThrow("to replay");
  });
});

describe("what cannot be read is refused", () => {
  test.each([
    ["a secret", { config: { "schedlab:run": { deadline: { secure: "v1:x" } } } }, "is encrypted"],
    [
      "an unknown key",
      { workload: { jbos: 3 } },
      'workload.jbos: unknown key, did you mean "jobs"?',
    ],
    ["another namespace", { config: { "schedlb:run": {} } }, "did you mean"],
    ["no mapping", "text", "holds no configuration"],
  ])("%s", async (_, content, message) => {
    writeFileSync(inside("bad.yaml"), stringify(content));
    await expect(ask({ stack: inside("bad.yaml") })).rejects.toThrow(message);
  });

  test("a file that is not there", async () => {
    await expect(ask({ config: inside("none.conf") })).rejects.toThrow(
      "cannot read the configuration file",
    );
    mkdirSync(inside("dir.conf"));
    await expect(ask({ config: inside("dir.conf") })).rejects.toThrow("cannot read");
    await expect(ask({ stack: "no-such-stack" })).rejects.toThrow("cannot read");
  });
});
