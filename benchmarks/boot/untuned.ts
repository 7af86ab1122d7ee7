import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../../base/failure";
import { cacheDir } from "../../base/paths";
import type { Reporter } from "../../base/reporter";
import { debianSources } from "../../images/mirror";
import { imageRecipe } from "../../images/roles";
import { contained } from "../../images/tree";
import type { MachineImage } from "./machine";

/**
 * Only what a stock system needs to be reached: DHCP by networkd; the host keys are those that the
 * package made, so that their making is not counted. The daemons of the role are off here too, so that both images start the same services.
 */
const finish = `#!/bin/sh
set -eu
printf '[Match]\\nName=e*\\n[Network]\\nDHCP=ipv4\\n' >"$1/etc/systemd/network/20-wired.network"
chroot "$1" systemctl --quiet enable systemd-networkd.service ssh.service
chroot "$1" systemctl --quiet disable UNITS
`;

/**
 * The same packages as the role's image with Debian's own kernel package and generic initrd, and
 * nothing cut: what the tuned image is measured against. Made once, kept in the cache.
 */
export async function untunedImage(report: Reporter): Promise<MachineImage> {
  const recipe = imageRecipe("slurm");
  const hook = finish.replace("UNITS", recipe.units.disable.join(" "));
  const packages = [...recipe.packages, "initramfs-tools", recipe.kernel.package];
  const sizeGiB = recipe.disk.sizeGiB;
  const text = JSON.stringify([recipe.suite, packages, hook, sizeGiB]);
  const key = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const dir = path.join(cacheDir(), "benchmarks", `untuned-${key}`);
  const image: MachineImage = {
    disk: path.join(dir, "disk.qcow2"),
    kernel: path.join(dir, "vmlinuz"),
    initrd: path.join(dir, "initrd.img"),
    // The one argument without which an emulated machine may not boot at all.
    kernelArguments: "root=/dev/vda rw console=ttyS0 clearcpuid=cx16",
    access: "credential",
  };
  if (existsSync(dir)) return image;

  report("untuned image: unpacking packages and making the generic initrd (some minutes)");
  const partial = `${dir}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    const script = path.join(partial, "finish.sh");
    const root = path.join(partial, "root");
    await writeFile(script, hook, { mode: 0o755 });
    const mmdebstrap = contained(
      ...["mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory"],
      `--include=${packages.join(",")}`,
      `--customize-hook=${script} "$1"`,
      ...[recipe.suite, root, ...(await debianSources(recipe.suite))],
    );
    await execa(...mmdebstrap);
    for (const name of await readdir(path.join(root, "boot"))) {
      const target = ["vmlinuz", "initrd.img"].find((prefix) => name.startsWith(prefix));
      if (target) await copyFile(path.join(root, "boot", name), path.join(partial, target));
    }
    report("untuned image: making the disk");
    const raw = path.join(partial, "disk.raw");
    await writeFile(raw, "");
    await truncate(raw, sizeGiB * 2 ** 30);
    await execa("mkfs.ext4", ["-q", "-d", root, raw]);
    const qcow2 = path.join(partial, "disk.qcow2");
    await execa("qemu-img", ["convert", "-O", "qcow2", raw, qcow2]);
    for (const rest of [raw, root, script]) await rm(rest, { recursive: true });
    await rename(partial, dir);
  } catch (cause) {
    throw new Failure("the untuned image could not be made", {
      detail: cause instanceof Error ? cause.message.split("\n").slice(-25).join("\n") : "",
      cause,
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return image;
}
