import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execaSync } from "execa";
import { expect, test } from "vitest";
import { cpioArchive } from "../../base/cpio";
import { moduleName, moduleOrder } from "../../images/initrd";

const modulesDep = `kernel/net/core/failover.ko.xz:
kernel/drivers/net/net_failover.ko.xz: kernel/net/core/failover.ko.xz
kernel/drivers/net/virtio_net.ko.xz: kernel/drivers/net/net_failover.ko.xz kernel/net/core/failover.ko.xz
kernel/drivers/block/virtio_blk.ko.xz:
kernel/drivers/char/hw_random/virtio-rng.ko.xz:
`;

test("a module comes after all that it needs, once", () => {
  expect(
    moduleOrder(modulesDep, ["virtio_blk", "virtio_net", "net_failover"]).map(moduleName),
  ).toEqual(["virtio_blk", "failover", "net_failover", "virtio_net"]);
});

test("a module is found by the kernel's name for it", () => {
  expect(moduleOrder(modulesDep, ["virtio_rng"])).toEqual([
    "kernel/drivers/char/hw_random/virtio-rng.ko.xz",
  ]);
});

test("what is built into the kernel needs no module", () => {
  expect(moduleOrder(modulesDep, ["ext4"])).toEqual([]);
});

test("the archive is the same each time", () => {
  const entries = [{ path: "init", mode: 0o755, data: Buffer.from("#!/bin/sh\n") }];
  expect(cpioArchive(entries).equals(cpioArchive(entries))).toBe(true);
});

const noCpio = execaSync("cpio", ["--version"], { reject: false }).failed
  ? " (skipped: no cpio on this host)"
  : "";
test.skipIf(noCpio)(`cpio unpacks what the archive holds${noCpio}`, () => {
  const dir = mkdtempSync(path.join(tmpdir(), "schedlab-cpio-"));
  const data = Buffer.from([1, 2, 3, 255, 0]);
  const input = cpioArchive([
    { path: "bin", mode: 0o755 },
    { path: "bin/tool", mode: 0o755, data },
    { path: "empty", mode: 0o644, data: Buffer.alloc(0) },
  ]);
  const { stderr } = execaSync("cpio", ["--extract", "--quiet"], { cwd: dir, input });
  expect(stderr).toBe("");
  expect(readFileSync(path.join(dir, "bin/tool"))).toEqual(data);
  expect(readFileSync(path.join(dir, "empty"))).toHaveLength(0);
  rmSync(dir, { recursive: true });
});
