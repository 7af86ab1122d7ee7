import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planCluster } from "../../infra/plan";
import { validateStackFile } from "../../spec/stack-file";

const root = path.resolve(__dirname, "..", "..");
const read = (name: string): unknown => parse(readFileSync(path.join(root, name), "utf8"));

function messages(document: unknown): string[] {
  return validateStackFile(document).problems.map(({ path: at, message }) =>
    at ? `${at}: ${message}` : message,
  );
}

describe("validateStackFile", () => {
  it("takes a stack file, a bare tuple and one with nothing in it", () => {
    const tuple = { topology: { nodes: { count: 5 } } };
    const stack = {
      config: { "schedlab:topology": tuple.topology, "libvirt:uri": "qemu:///system" },
      encryptionsalt: "v1:x",
    };
    expect(validateStackFile(stack).spec).toEqual(validateStackFile(tuple).spec);
    expect(validateStackFile(tuple).spec?.topology.nodes.count).toBe(5);
    expect(messages({ config: null })).toEqual([]);
    expect(messages(null)).toEqual([]);
  });

  it("refuses unknown keys of its own namespace beside the problems of the values", () => {
    expect(
      messages({
        config: {
          "schedlab:topolgy": {},
          "schedlab:topology.nodes.count": 3,
          "schedlab:run": { repeat: 0 },
        },
      }),
    ).toEqual([
      'schedlab:topolgy: unknown key, did you mean "schedlab:topology"?',
      "schedlab:topology.nodes.count: unknown key; set a nested value with pulumi config set --path 'schedlab:topology.nodes.count' VALUE",
      "run.repeat: expected 1..100, got 0",
    ]);
  });

  it("refuses a namespace that is nearly ours, and one of ours that is missing", () => {
    expect(
      messages({
        config: {
          "shedlab:topology": { nodes: { count: 3 } },
          "Schedlab:run": {},
          "other:workload": {},
          scheduler: { kind: "slurm" },
          topolgy: {},
          "aws:region": "here",
          "schedlab:config:run": { repeat: 0 },
        },
      }),
    ).toEqual([
      'shedlab:topology: unknown key: "shedlab" is not this project\'s namespace, did you mean "schedlab:topology"?',
      'Schedlab:run: unknown key: "Schedlab" is not this project\'s namespace, did you mean "schedlab:run"?',
      'other:workload: unknown key: "other" is not this project\'s namespace, did you mean "schedlab:workload"?',
      'scheduler: unknown key: it lacks the namespace, did you mean "schedlab:scheduler"?',
      'topolgy: unknown key, did you mean "schedlab:topology"?',
      "run.repeat: expected 1..100, got 0",
    ]);
  });

  it("reads JSON in a value as the program does, and says where it is none", () => {
    const config = { "schedlab:topology": '{"nodes":{"count":3}}' };
    expect(validateStackFile({ config }).spec?.topology.nodes.count).toBe(3);
    expect(messages({ config: { "schedlab:topology": "{nodes: 3}" } })[0]).toMatch(
      /^topology: begins like JSON and is none: /,
    );
  });

  it("names what is encrypted, refuses nothing for it, and checks the rest", () => {
    const secure = { secure: "v1:abc" };
    const topology = {
      hypervisor: { uri: secure },
      profiles: { big: { vcpus: secure, memory: "1GiB" } },
    };
    const encrypted = ["topology.hypervisor.uri", "topology.profiles.big.vcpus"];
    const checked = (config: object) => validateStackFile({ config, encryptionsalt: "v1:x" });
    expect(checked({ "schedlab:topology": topology })).toMatchObject({ problems: [], encrypted });
    expect(checked({ "schedlab:topology": secure })).toMatchObject({
      problems: [],
      encrypted: ["topology"],
    });
    expect(checked({ "schedlab:topology": { ...topology, nodes: { count: 0 } } })).toMatchObject({
      problems: [{ path: "topology.nodes.count" }],
      encrypted,
    });
  });

  it("takes numbers and flags in quotes, as a path set on the command line and secrets are kept", () => {
    const spec = validateStackFile({
      workload: { jobs: "1e1", timeFactor: "5e-4" },
      scheduler: { policy: { sched: { interval: "5", continue: "false" } } },
    }).spec;
    expect(spec?.workload).toMatchObject({ kind: "trace", jobs: 10, timeFactor: 0.0005 });
    expect(spec?.scheduler.policy).toMatchObject({
      sched: { type: "backfill", interval: 5, continue: false },
    });
    expect(messages({ run: { repeat: "1.5" } })).toEqual(["run.repeat: expected 1..100, got 1.5"]);
    expect(messages({ run: { repeat: "many" } })).toEqual([
      'run.repeat: expected 1..100, got "many"',
    ]);
  });

  it("refuses a name that would vanish, and takes those that only look dangerous", () => {
    const pools = JSON.parse('{"__proto__":{"count":1},"constructor":{"count":2}}');
    expect(messages({ topology: { pools } })).toEqual([
      "topology.pools.__proto__: cannot be used as a name",
    ]);
    const { spec } = validateStackFile({ topology: { pools: { constructor: { count: 2 } } } });
    if (spec === undefined) throw new Error("not valid");
    const names = planCluster(spec, { stack: "x" }).nodes.map(({ name }) => name);
    expect(names).toContain("constructor02");
  });

  it("refuses what is neither", () => {
    expect(messages("text")).toHaveLength(1);
    expect(messages([])).toHaveLength(1);
    expect(messages({ config: [] })).toEqual(["config: expected an object, got a list"]);
    expect(messages({ config: {}, confg: {} })).toEqual([
      'confg: unknown key, did you mean "config"?',
    ]);
  });
});

describe("the stacks in this repository", () => {
  it("are valid", () => {
    expect(messages(read("Pulumi.dev.yaml"))).toEqual([]);
    expect(messages(read("Pulumi.large.yaml"))).toEqual([]);
  });

  it("fit: dev on 2 cores and 4 GiB, also with a third node", () => {
    const { spec } = validateStackFile(read("Pulumi.dev.yaml"));
    if (spec === undefined) throw new Error("not valid");
    const larger = { ...spec.topology, nodes: { ...spec.topology.nodes, count: 3 } };
    const { nodes, overcommit } = planCluster({ ...spec, topology: larger }, { stack: "dev" });
    const sum = (key: "vcpus" | "memoryMiB") => nodes.reduce((total, node) => total + node[key], 0);
    expect(sum("vcpus")).toBeLessThanOrEqual(2 * overcommit.cores);
    expect(sum("memoryMiB") * 1.5).toBeLessThanOrEqual(4096);
  });

  it("run at least 40 jobs by 3 users in dev", () => {
    const workload = validateStackFile(read("Pulumi.dev.yaml")).spec?.workload;
    expect(workload).toMatchObject({ kind: "trace", users: { count: 3 } });
    if (workload?.kind === "trace") expect(workload.jobs).toBeGreaterThanOrEqual(40);
  });
});
