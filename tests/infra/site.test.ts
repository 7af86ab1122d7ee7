import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tupleHash } from "../../campaigns/plan/hash";
import { withSite } from "../../infra/site";
import { schedulerNodes } from "../../spec/emulated";
import { parseSpec } from "../../spec/parse";
import { SpecError } from "../../spec/problems";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "site-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const nodes = "NodeName=n[1-3] CPUs=8 RealMemory=1000\nPartitionName=p Nodes=ALL Default=YES\n";

function put(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

const resolved = (tuple: Record<string, unknown>) => withSite(tuple, { root });
const site = (further: object = {}) => ({
  scheduler: { kind: "slurm", site: { directory: "their", ...further } },
});
const hashOf = (tuple: Record<string, unknown>) =>
  tupleHash(parseSpec(resolved(tuple)), { traceHash: null, programHash: null });

function problemsOf(act: () => unknown): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ path: at, message }) => `${at}: ${message}`);
  }
}

describe("a tuple with a site", () => {
  it("has the files' content in the place of their paths, and the site's nodes", () => {
    put("their/slurm.conf", `${nodes}Include etc/more.conf\nAccountingStoragePass=secret`);
    put("their/etc/more.conf", "KillWait=7");
    const spec = parseSpec(resolved(site()));
    expect(spec.scheduler.site).toEqual({ files: { "slurm.conf": expect.any(String) } });
    expect(JSON.stringify(spec)).toContain("KillWait=7");
    expect(JSON.stringify(spec)).not.toContain("secret");
    expect(JSON.stringify(spec)).not.toContain(root);
    expect(spec.topology.nodes).toMatchObject({ count: 1, emulated: { from: "list" } });
    const domain = {
      name: "node01",
      role: "compute",
      pool: "nodes",
      vcpus: 2,
      memoryMiB: 1,
      gpus: 0,
    };
    const known = schedulerNodes(spec.topology, [{ ...domain, role: "compute" }]);
    expect(known.map(({ name, vcpus, partitions }) => [name, vcpus, partitions])).toEqual(
      ["n1", "n2", "n3"].map((name) => [name, 8, ["p"]]),
    );
    // Parsing and resolving again changes nothing.
    expect(parseSpec(resolved(JSON.parse(JSON.stringify(spec))))).toEqual(spec);
  });

  it("is identified by what the files say, not by where they are or by their comments", () => {
    put("their/slurm.conf", nodes);
    put("other/main", `# a comment\n${nodes}`);
    const elsewhere = { scheduler: { kind: "slurm", site: { configFile: "other/main" } } };
    expect(hashOf(elsewhere)).toBe(hashOf(site()));
    expect(hashOf(site({ set: { KillWait: 9 } }))).not.toBe(hashOf(site()));
    const before = hashOf(site());
    put("their/slurm.conf", `${nodes}KillWait=9`);
    expect(hashOf(site())).not.toBe(before);
  });

  it("leaves every other tuple the one that it was", () => {
    const tuple = { scheduler: { kind: "slurm", policy: {} }, topology: { nodes: { count: 3 } } };
    expect(resolved(tuple)).toBe(tuple);
    expect(JSON.stringify(parseSpec({}))).not.toContain("site");
  });

  it("has the site's users for those of its log, unless the stack says who they are", () => {
    put("their/slurm.conf", nodes);
    put(
      "their/sacctmgr.dump",
      "Cluster - 'c'\nAccount - 'a'\nParent - 'a'\nUser - 'ann'\nUser - 'bob'",
    );
    const namesOf = (users: object, kind = "trace", further: object = {}) => {
      const { workload } = parseSpec(
        resolved({ ...site(further), workload: { kind, jobs: 5, users } }),
      );
      return "names" in workload.users ? workload.users.names : undefined;
    };
    expect(namesOf({ count: 2 })).toEqual({ ann: "user01", bob: "user02" });
    expect(namesOf({ count: 2 }, "trace", { users: { ann: "user02" } })).toEqual({
      ann: "user02",
      bob: "user01",
    });
    expect(namesOf({ count: 2, names: { ann: "user02" } })).toEqual({ ann: "user02" });
    expect(namesOf({ count: 2, mapping: "by-job" })).toBeUndefined();
    expect(namesOf({ count: 2 }, "poisson")).toBeUndefined();
    const stranger = { users: { ann: "user09" } };
    expect(problemsOf(() => namesOf({ count: 2 }, "trace", stranger)).join()).toMatch(
      /user09: no such user/,
    );
  });

  it("is refused with file, line and key, or with the path that cannot be read", () => {
    put("their/slurm.conf", `${nodes}SelectType=select/cons_res`);
    expect(problemsOf(() => resolved(site()))[0]).toMatch(
      /^scheduler.site: slurm.conf:3: SelectType: select\/cons_res: .* does the same/,
    );
    expect(problemsOf(() => resolved(site({ directory: "gone" })))[0]).toMatch(
      /^scheduler.site.directory: cannot be read: ENOENT/,
    );
    expect(problemsOf(() => resolved(site({ gresFile: "gone" })))[0]).toMatch(
      /^scheduler.site.gresFile: cannot be read/,
    );
    mkdirSync(path.join(root, "empty"));
    expect(problemsOf(() => resolved(site({ directory: "empty" })))[0]).toMatch(
      /expected slurm.conf/,
    );
  });

  it("is refused with a policy beside it, and with nodes that are none of the site's", () => {
    put("their/slurm.conf", nodes);
    const both = { scheduler: { ...site().scheduler, policy: {} } };
    expect(problemsOf(() => resolved(both))[0]).toMatch(/^scheduler.policy: the site's file says/);
    const others = {
      ...site(),
      topology: { nodes: { emulated: { perDomain: 2, cores: 8, memory: "1GiB" } } },
    };
    expect(problemsOf(() => parseSpec(resolved(others)))).toEqual([
      expect.stringMatching(/^topology.nodes: expected nodes of the site's slurm.conf; leave out/),
    ]);
    expect(problemsOf(() => parseSpec(site()))[0]).toMatch(/^scheduler.site: expected the path/);
  });

  it("includes what lies beside the main file, or beside the one that includes it", () => {
    put("main/slurm.conf", `${nodes}GresTypes=gpu\nInclude more.conf\n`);
    put("main/more.conf", "KillWait=7");
    put("their/gres.conf", "Include nodes.conf\n");
    put("their/nodes.conf", "NodeName=n1 Name=gpu File=/dev/null\n");
    put("their/more.conf", "KillWait=8");
    const main = { configFile: "main/slurm.conf" };
    for (const further of [{ directory: "their" }, { gresFile: "their/gres.conf" }]) {
      const { scheduler } = parseSpec(resolved({ scheduler: { site: { ...main, ...further } } }));
      expect(scheduler.site?.files?.["gres.conf"]).toContain("NodeName=n1 Name=gpu");
      expect(scheduler.site?.files?.["slurm.conf"]).toContain("KillWait=7");
    }
  });

  it("does not include what lies outside of the site's directory", () => {
    put("secret", "KillWait=1");
    put("their/slurm.conf", `${nodes}Include ../secret`);
    expect(problemsOf(() => resolved(site()))[0]).toMatch(
      /Include: expected the file \.\.\/secret beside/,
    );
  });
});

describe("the nodes of a site", () => {
  it("can be had under another scheduler", () => {
    put("their/slurm.conf", nodes);
    for (const file of ["their", "their/slurm.conf"]) {
      const spec = parseSpec(
        resolved({
          topology: { nodes: { emulated: { from: "list", file } } },
          scheduler: { kind: "flux" },
        }),
      );
      expect(spec.topology.nodes.emulated).toMatchObject({
        partitions: ["p"],
        nodes: [{ names: "n[1-3]" }],
      });
    }
    put("their.d/v1.2/slurm.conf", `${nodes}BurstBufferType=burst_buffer/lua`);
    const dotted = (file: string) => ({
      topology: { nodes: { emulated: { from: "list", file } } },
      scheduler: { kind: "flux" },
    });
    expect(parseSpec(resolved(dotted("their.d/v1.2"))).topology.nodes.emulated).toMatchObject({
      nodes: [{ names: "n[1-3]" }],
    });
    put("their/slurm.conf", `${nodes}PartitionName=q Nodes=n[1-2`);
    expect(problemsOf(() => resolved(dotted("their")))[0]).toMatch(
      /^topology.nodes.emulated.file: slurm.conf:3: Nodes: /,
    );
    const gone = { topology: { nodes: { emulated: { from: "list", file: "their/gone.conf" } } } };
    expect(problemsOf(() => resolved(gone))[0]).toMatch(/cannot be read/);
  });
});

describe("another scheduler's configuration", () => {
  const volcano = (text: string) => {
    put("v/volcano-scheduler.yaml", text);
    return resolved({ scheduler: { kind: "kubernetes", site: { directory: "v" } } });
  };
  const flux = (text: string, topology: object = {}) => {
    put("f.toml", text);
    return resolved({ topology, scheduler: { kind: "flux", site: { configFile: "f.toml" } } });
  };

  it("is read as YAML and refused for what this version lacks", () => {
    const tiers = "tiers:\n- plugins:\n  - name: gang\n  - name: drf\n";
    expect(
      parseSpec(volcano(`actions: "enqueue, allocate"\n${tiers}`)).scheduler.policy,
    ).toMatchObject({
      gang: true,
      fairness: "drf",
      backfill: false,
    });
    expect(
      problemsOf(() =>
        volcano(`actions: allocate, fly\n${tiers}  - name: gangs\n  - name: extender`),
      ),
    ).toEqual([
      'scheduler.site: volcano-scheduler.yaml: tiers: Volcano 1.15.0 has no plugin gangs, did you mean "gang"?',
      "scheduler.site: volcano-scheduler.yaml: tiers: extender asks a service that is not there; leave it out",
      "scheduler.site: volcano-scheduler.yaml: actions: Volcano 1.15.0 has no action fly",
    ]);
    expect(problemsOf(() => volcano(`actions: allocate\nmetric: {}\n${tiers}`))).toEqual([
      'scheduler.site: volcano-scheduler.yaml: metric: Volcano 1.15.0 has no such setting, did you mean "metrics"?',
    ]);
    expect(problemsOf(() => volcano("tiers: [oops"))[0]).toMatch(/volcano-scheduler.yaml: /);
    expect(problemsOf(() => volcano("actions: 3"))[0]).toMatch(/expected actions and tiers/);
  });

  it("is not kept with the values of what is left out, which may be passwords", () => {
    const tiers = "tiers:\n- plugins:\n  - name: gang\n";
    const metrics = "metrics:\n  type: elasticsearch\n  elasticsearch.password: hunter2\n";
    const ofVolcano = JSON.stringify(volcano(`actions: allocate\n${tiers}${metrics}`));
    expect(ofVolcano).toContain("(left out)");
    const ofFlux = JSON.stringify(
      flux(
        [
          '[archive]\nkey = "hunter2"\n[policy.limits]\nduration = "1d"',
          '[job-manager]\nplugins = [{load = "perilog.so", conf = {key = "hunter2"}}]\nprolog.command = ["hunter2"]',
        ].join("\n"),
      ),
    );
    expect(ofFlux).toContain("duration");
    expect(ofVolcano + ofFlux).not.toContain("hunter2");
  });

  it("is read as TOML, with queues that are partitions", () => {
    const queue =
      '[queues.gpu]\nrequires = ["gpunode"]\n[sched-fluxion-qmanager]\nqueue-policy = "hybrid"\n';
    const topology = { pools: { gpu: {} } };
    expect(parseSpec(flux(queue, topology)).scheduler.policy).toMatchObject({
      sched: { type: "fluxion", queuePolicy: "hybrid" },
    });
    expect(problemsOf(() => parseSpec(flux(queue)))[0]).toMatch(
      /^scheduler.site: flux.toml: queues.gpu: expected a partition of this name/,
    );
    expect(problemsOf(() => flux("[accounting.factors]\n[weird]\n"))).toEqual([
      expect.stringContaining("accounting: flux-accounting is not in the image"),
      expect.stringContaining("weird: no table that this version knows"),
    ]);
    expect(problemsOf(() => flux("[["))[0]).toMatch(/f.toml: /);
    const plugin = '[job-manager]\nplugins = [{load = "mf_priority.so"}, {load = "perilog.so"}]';
    expect(problemsOf(() => flux(plugin))).toEqual([
      expect.stringContaining("mf_priority.so is not in the image"),
    ]);
  });
});
