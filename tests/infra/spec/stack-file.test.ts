import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planCluster } from "../../../infra/plan";
import { validateStackFile } from "../../../infra/spec/stack-file";

const root = path.resolve(__dirname, "..", "..", "..");
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
    expect(workload?.jobs).toBeGreaterThanOrEqual(40);
    expect(workload?.users.count).toBe(3);
  });
});
