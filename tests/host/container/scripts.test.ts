import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { containerCreateScript } from "../../../host/container/create";
import { containerCheckScript, containerDeleteScript } from "../../../host/container/delete";
import { containerExplainScript } from "../../../host/container/explain";
import { firstProcessScript } from "../../../host/container/first-process";
import { nestingProcessScript } from "../../../host/container/nesting";
import type { ContainerNode } from "../../../host/container/node";

const node: ContainerNode = {
  domainName: "schedlab-dev-node01",
  imageRoot: "/cache/images/slurm-0123/root",
  stateDir: "/var/lib/schedlab/schedlab-dev",
  networkName: "schedlab-dev",
  mac: "52:54:00:4d:00:0b",
  vcpus: 2,
  memoryMiB: 512,
  bandwidthMbps: 100,
  latencyUs: 500,
  nesting: false,
};

const golden = (name: string) => path.join(__dirname, "golden", name);

describe("the scripts of a container node", () => {
  test("create is the golden script", async () => {
    await expect(containerCreateScript(node)).toMatchFileSnapshot(golden("create.sh"));
  });

  test("delete is the golden script", async () => {
    await expect(containerDeleteScript(node)).toMatchFileSnapshot(golden("delete.sh"));
  });

  test.each([
    ["create", containerCreateScript(node)],
    [
      "create without shaping",
      containerCreateScript({ ...node, bandwidthMbps: null, latencyUs: null }),
    ],
    ["create without network", containerCreateScript({ ...node, networkName: null })],
    ["create with nesting", containerCreateScript({ ...node, nesting: true })],
    ["delete", containerDeleteScript(node)],
    ["check", containerCheckScript(node)],
    ["explain", containerExplainScript(node)],
  ])("bash accepts the syntax of %s", (_, script) => {
    execFileSync("bash", ["-n"], { input: script });
  });

  test.each([firstProcessScript, nestingProcessScript])(
    "a first process is plain POSIX shell",
    (script) => {
      execFileSync("sh", ["-n"], { input: script });
    },
  );

  test("the first process of a node with containers of its own is the golden script", async () => {
    await expect(nestingProcessScript).toMatchFileSnapshot(golden("nesting-init.sh"));
  });

  test("only a node with containers of its own gets its devices opened", () => {
    expect(containerCreateScript(node)).not.toContain("devices.allow");
    const nesting = containerCreateScript({ ...node, nesting: true });
    // After the start, or there is no group to open yet.
    expect(nesting.indexOf("devices.allow")).toBeGreaterThan(nesting.indexOf("virsh_lxc create"));
  });

  test("a link that is not shaped runs no tc", () => {
    const plain = containerCreateScript({ ...node, bandwidthMbps: null, latencyUs: null });
    expect(plain).not.toContain("tc qdisc");
  });

  test("a rate without a delay sits at the root of eth0", () => {
    const script = containerCreateScript({ ...node, latencyUs: null });
    expect(script).toContain("dev eth0 root tbf rate 100000kbit");
    expect(script).not.toContain("netem");
  });

  test("every input of the node changes the mark that says it was made", () => {
    const mark = (changed: Partial<ContainerNode>) =>
      /^made="(\w{64})/m.exec(containerCreateScript({ ...node, ...changed }))?.[1];
    const marks = [
      {},
      { imageRoot: "/cache/images/slurm-4567/root" },
      { networkName: "other" },
      { mac: "52:54:00:4d:00:0c" },
      { vcpus: 3 },
      { memoryMiB: 513 },
      { bandwidthMbps: 101 },
      { latencyUs: 501 },
      { nesting: true },
    ].map(mark);
    expect(marks).not.toContain(undefined);
    expect(new Set(marks).size).toBe(marks.length);
  });

  test.each(["/a,b", "/a:b", "relative", "/a'b", '/a"b', "/a\nb"])(
    "the directory %j is refused",
    (directory) => {
      expect(() => containerCreateScript({ ...node, stateDir: directory })).toThrow(/cannot hold/);
      expect(() => containerCreateScript({ ...node, imageRoot: directory })).toThrow(/cannot hold/);
    },
  );

  test.each(["", "Node", "a b", "a;rm", "-a", "a/../b"])("the name %j is refused", (domainName) => {
    expect(() => containerDeleteScript({ ...node, domainName })).toThrow(/is not made of/);
  });
});
