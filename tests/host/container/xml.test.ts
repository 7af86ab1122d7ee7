import path from "node:path";
import { expect, test } from "vitest";
import type { ContainerNode } from "../../../host/container/node";
import { containerXml } from "../../../host/container/xml";

const node: ContainerNode = {
  domainName: "schedlab-dev-controller",
  imageRoot: "/cache/root",
  stateDir: "/var/lib/schedlab/schedlab-dev",
  networkName: "schedlab-dev",
  mac: "52:54:00:4d:00:0a",
  vcpus: 3,
  memoryMiB: 1024,
  bandwidthMbps: null,
  latencyUs: null,
  nesting: false,
};

test("the domain is the golden one", async () => {
  await expect(containerXml(node)).toMatchFileSnapshot(
    path.join(__dirname, "golden", "controller.xml"),
  );
});

test("the CPU quota is a whole period for each vCPU", () => {
  const xml = containerXml({ ...node, vcpus: 8 });
  expect(xml).toContain("<period>100000</period>");
  expect(xml).toContain("<quota>800000</quota>");
});

test("a node without a network has no interface", () => {
  expect(containerXml({ ...node, networkName: null })).not.toContain("<interface");
});

test("names are escaped", () => {
  expect(containerXml({ ...node, networkName: "a'<&" })).toContain("network='a&apos;&lt;&amp;'");
});

test("a node with containers of its own may make devices, and gets no other right more", () => {
  const added = containerXml({ ...node, nesting: true })
    .split("\n")
    .filter((line) => !containerXml(node).includes(line));
  expect(added).toEqual(["      <mknod state='on'/>"]);
});
