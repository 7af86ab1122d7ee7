import { copyFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import { messageOf } from "../base/thrown";
import { makeInitrd } from "./initrd";
import type { Recipe } from "./recipe";

export const diskFiles = { disk: "disk.qcow2", kernel: "vmlinuz", initrd: "initrd.img" } as const;

/**
 * Makes disk, kernel and initrd of a machine from the tree in `<dir>/root`, without a loop device.
 * The disk is renamed into place last, so if it exists, kernel and initrd are complete.
 */
export async function makeDisk(
  recipe: Recipe,
  dir: string,
  kernelRelease: string,
  report: Report,
): Promise<void> {
  const root = path.join(dir, "root");
  const partial = path.join(dir, "partial");
  const raw = `${partial}.raw`;
  const qcow2 = `${partial}.qcow2`;
  try {
    report(`${recipe.role} image: making the machine's kernel and initrd`);
    await copyFile(path.join(root, "boot/vmlinuz"), `${partial}.vmlinuz`);
    await rename(`${partial}.vmlinuz`, path.join(dir, diskFiles.kernel));
    await writeFile(`${partial}.initrd`, await makeInitrd(recipe, root, kernelRelease));
    await rename(`${partial}.initrd`, path.join(dir, diskFiles.initrd));

    report(`${recipe.role} image: making the machine's disk`);
    await writeFile(raw, "");
    await truncate(raw, recipe.disk.sizeGiB * 2 ** 30);
    await execa("mkfs.ext4", ["-q", ...recipe.disk.mkfsOptions, "-d", root, raw]);
    await execa("qemu-img", ["convert", "-O", "qcow2", raw, qcow2]);
    await rename(qcow2, path.join(dir, diskFiles.disk));
  } catch (cause) {
    const detail = messageOf(cause);
    throw new Failure(`the disk of the ${recipe.role} image could not be made`, {
      remedy: "about 4 GiB must be free where the cache lies; SCHEDLAB_CACHE moves it",
      detail,
      cause,
    });
  } finally {
    await rm(raw, { force: true });
    await rm(qcow2, { force: true });
  }
}
