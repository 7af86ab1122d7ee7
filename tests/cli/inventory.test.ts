import { writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inventoryOf, inventoryText } from "../../cli/inventory/formats";
import { inventoryFormats } from "../../cli/inventory/names";
import type { Handle } from "../../infra/handle";
import { exampleHandle } from "../infra/example-handle";
import { temporaryDirectory } from "../store/run-fixture";

const secret = "PRIVATE-KEY-OF-THE-NODES";
const [controller, compute] = exampleHandle.cluster.nodes;
const handle: Handle = {
  ...exampleHandle,
  cluster: {
    ...exampleHandle.cluster,
    privateKey: secret,
    nodes: [controller, compute].flatMap((node, index) =>
      node === undefined ? [] : [{ ...node, address: `10.77.0.${10 + index}` }],
    ),
  },
};
const inventory = inventoryOf(handle);

describe("the inventory of a stack", () => {
  test.each(inventoryFormats)("holds no key to the nodes in the form %s", (format) => {
    const text = inventoryText(inventory, format);
    expect(text).toContain("10.77.0.11");
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/private/i);
  });

  test("has as JSON what the cluster is, node by node", () => {
    expect(JSON.parse(inventoryText(inventory, "json"))).toEqual({
      stack: "dev",
      nodes: [
        {
          ...{ name: "controller", address: "10.77.0.10", port: 22, user: "root" },
          ...{ hostKey: "ssh-ed25519 AAAA", place: "controller", pool: "controller" },
          ...{ role: "slurm", kind: "container", system: "x86_64-linux" },
        },
        {
          ...{ name: "node01", address: "10.77.0.11", port: 22, user: "root" },
          ...{ hostKey: "ssh-ed25519 AAAA", place: "compute", pool: "nodes" },
          ...{ role: "slurm", kind: "container", system: "x86_64-linux" },
        },
      ],
      partitions: { nodes: ["node01"] },
    });
  });

  test("has for Colmena what a hive needs of each node, by name", () => {
    const machines = inventoryOf({ ...handle, domain: "kvm" });
    expect(JSON.parse(inventoryText(machines, "colmena"))).toEqual({
      controller: {
        ...{ targetHost: "10.77.0.10", targetUser: "root", targetPort: 22 },
        ...{ role: "slurm", kind: "machine", system: "x86_64-linux" },
      },
      node01: {
        ...{ targetHost: "10.77.0.11", targetUser: "root", targetPort: 22 },
        ...{ role: "slurm", kind: "machine", system: "x86_64-linux" },
      },
    });
  });

  test("has for Ansible every node, and a group for the controller and each partition", () => {
    expect(parse(inventoryText(inventory, "ansible"))).toEqual({
      all: {
        hosts: {
          controller: { ansible_host: "10.77.0.10", ansible_port: 22, ansible_user: "root" },
          node01: { ansible_host: "10.77.0.11", ansible_port: 22, ansible_user: "root" },
        },
        children: {
          controller: { hosts: { controller: {} } },
          nodes: { hosts: { node01: {} } },
        },
      },
    });
  });

  test("is understood by ssh, which then takes the host key from it and from nowhere else", async () => {
    const file = path.join(temporaryDirectory(), "nodes.ssh");
    writeFileSync(file, inventoryText(inventory, "ssh"));
    const settings = await execa("ssh", ["-G", "-F", file, "node01"]);
    const lines = settings.stdout.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        ...["hostname 10.77.0.11", "port 22", "user root", "userknownhostsfile /dev/null"],
        ...["stricthostkeychecking true", "globalknownhostsfile /dev/null"],
        "knownhostscommand /bin/echo %H ssh-ed25519 AAAA",
      ]),
    );
  });
});
