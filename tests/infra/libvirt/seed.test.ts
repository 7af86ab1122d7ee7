import fc from "fast-check";
import { expect, test } from "vitest";
import { seedDisk, seedText } from "../../../infra/libvirt/seed";

const seed = {
  hostname: "node01",
  address: "10.77.0.11/24",
  gateway: null,
  hostKey: { privateKey: "PRIVATE\n", publicKey: "ssh-ed25519 PUBLIC" },
  authorizedKey: "ssh-ed25519 ACCESS",
};

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a seed names the host, its address and the files with their modes", () => {
  expect(seedText(seed)).toBe(
    [
      "schedlab-seed 1",
      "hostname node01",
      "address 10.77.0.11/24",
      `file 0600 root:root /etc/ssh/ssh_host_ed25519_key ${base64("PRIVATE\n")}`,
      `file 0644 root:root /etc/ssh/ssh_host_ed25519_key.pub ${base64("ssh-ed25519 PUBLIC\n")}`,
      `file 0600 root:root /root/.ssh/authorized_keys ${base64("ssh-ed25519 ACCESS\n")}`,
      "end",
      "",
    ].join("\n"),
  );
});

test("only a network with a way out has a gateway", () => {
  expect(seedText(seed)).not.toContain("gateway");
  expect(seedText({ ...seed, gateway: "10.77.0.1" })).toContain("\ngateway 10.77.0.1\n");
});

test("a seed's disk is whole sectors and holds the text unchanged", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const disk = seedDisk(text);
      expect(Buffer.byteLength(disk) % 512).toBe(0);
      expect(disk.startsWith(text)).toBe(true);
      expect(disk.slice(text.length)).toMatch(/^\n*$/);
    }),
  );
});
