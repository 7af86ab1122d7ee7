import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { repoRoot } from "../../../base/paths";
import { shellFile } from "../../../base/shell-script";
import { containerCreateScript } from "../../../host/container/create";
import { containerDeleteScript } from "../../../host/container/delete";
import { containerExplainScript } from "../../../host/container/explain";
import { firstProcessScript } from "../../../host/container/first-process";
import { linkCalls } from "../../../host/container/link";
import type { ContainerNode } from "../../../host/container/node";
import { containerOffScript, containerOnScript } from "../../../host/container/power";

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

const containerDirectory = path.join(repoRoot, "host/container");
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
    ["explain", containerExplainScript(node)],
    ["on", containerOnScript(node)],
    ["on without shaping", containerOnScript({ ...node, bandwidthMbps: null, latencyUs: null })],
    ["on without network", containerOnScript({ ...node, networkName: null })],
    ["off", containerOffScript(node)],
  ])("bash accepts the syntax of %s", (_, script) => {
    execFileSync("bash", ["-n"], { input: script });
  });

  test.each([false, true])("a first process is plain POSIX shell (nesting: %s)", (nesting) => {
    execFileSync("sh", ["-n"], { input: firstProcessScript({ nesting }) });
  });

  test("the first process of a node with containers of its own is the golden script", async () => {
    await expect(firstProcessScript({ nesting: true })).toMatchFileSnapshot(
      golden("nesting-init.sh"),
    );
  });

  test("only a node with containers of its own gets its devices opened", () => {
    expect(containerCreateScript(node)).not.toContain("devices.allow");
    const nesting = containerCreateScript({ ...node, nesting: true });
    // After the start, or there is no group to open yet.
    expect(nesting).toMatch(/^after_start\(\) \{\n {2}open_devices schedlab-dev-node01$/m);
    expect(nesting.lastIndexOf("after_start")).toBeGreaterThan(nesting.indexOf("virsh_lxc create"));
  });

  test("a link that is not shaped runs no tc", () => {
    const plain = containerCreateScript({ ...node, bandwidthMbps: null, latencyUs: null });
    expect(plain).not.toContain("tc qdisc");
  });

  const shaped = (changed: Partial<ContainerNode>) => {
    const { files, calls } = linkCalls({ ...node, ...changed });
    const pretended = [
      'in_node() { echo "in $*"; }',
      'tc() { echo "on the host tc $*"; }',
      "host_end_of() { echo vnet7; }",
      'ip() { [ "$3" = eth0 ]; }',
      "notice_sooner() { :; }",
    ];
    const texts = files.map((name) => shellFile(containerDirectory, name));
    const script = ["set -euo pipefail", ...texts, ...pretended, ...calls].join("\n");
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
  };

  test("a rate and a delay are shaped at both ends, the rate inside below the delay", () => {
    expect(shaped({})).toEqual([
      "in schedlab-dev-node01 tc qdisc replace dev eth0 root handle 1: netem delay 500us limit 10000",
      "in schedlab-dev-node01 tc qdisc replace dev eth0 parent 1:1 tbf rate 100000kbit burst 131072 latency 50ms",
      "on the host tc qdisc replace dev vnet7 root tbf rate 100000kbit burst 131072 latency 50ms",
    ]);
  });

  test("a rate without a delay sits at the root of eth0", () => {
    expect(shaped({ latencyUs: null })).toEqual([
      "in schedlab-dev-node01 tc qdisc replace dev eth0 root tbf rate 100000kbit burst 131072 latency 50ms",
      "on the host tc qdisc replace dev vnet7 root tbf rate 100000kbit burst 131072 latency 50ms",
    ]);
  });

  test("a delay without a rate is the node's own alone", () => {
    expect(shaped({ bandwidthMbps: null })).toEqual([
      "in schedlab-dev-node01 tc qdisc replace dev eth0 root handle 1: netem delay 500us limit 10000",
    ]);
  });

  test("a node that is turned on again has its link shaped as when it was made", () => {
    const calls = linkCalls(node).calls.map((call) => `  ${call}`);
    expect(calls).toHaveLength(2);
    expect(containerOnScript(node)).toContain(`link_up() {\n${calls.join("\n")}\n`);
    const plain = containerOnScript({ ...node, bandwidthMbps: null, latencyUs: null });
    expect(plain).not.toContain("tc qdisc");
  });

  test("neither turning on nor turning off removes a file of the node", () => {
    for (const script of [containerOnScript(node), containerOffScript(node)]) {
      const calls = script
        .split("\n")
        .filter((line) => /^\s*(remove|delete)_node\b(?!\()/.test(line));
      expect(calls.filter((line) => !line.includes("()"))).toEqual(["  remove_node"]);
    }
  });

  test("every input of the node changes the mark that says it was made", () => {
    const mark = (changed: Partial<ContainerNode>) =>
      /^set -- .* (\w{64}) /m.exec(containerCreateScript({ ...node, ...changed }))?.[1];
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
