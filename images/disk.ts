import { copyFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import { messageOf } from "../base/thrown";
import { replaceFile } from "../base/whole-file";
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
  const raw = path.join(dir, "partial.raw");
  try {
    report(`${recipe.role} image: making the machine's kernel and initrd`);
    await replaceFile(path.join(dir, diskFiles.kernel), (draft) =>
      copyFile(path.join(root, "boot/vmlinuz"), draft),
    );
    const initrd = await makeInitrd(recipe, root, kernelRelease);
    await replaceFile(path.join(dir, diskFiles.initrd), (draft) => writeFile(draft, initrd));

    report(`${recipe.role} image: making the machine's disk`);
    await writeFile(raw, "");
    await truncate(raw, recipe.disk.sizeGiB * 2 ** 30);
    await execa("mkfs.ext4", ["-q", ...recipe.disk.mkfsOptions, "-d", root, raw]);
    await replaceFile(path.join(dir, diskFiles.disk), (draft) =>
      execa("qemu-img", ["convert", "-O", "qcow2", raw, draft]),
    );
  } catch (cause) {
    const detail = messageOf(cause);
    throw new Failure(`the disk of the ${recipe.role} image could not be made`, {
      remedy: "about 4 GiB must be free where the cache lies; SCHEDLAB_CACHE moves it",
      detail,
      cause,
    });
  } finally {
    await rm(raw, { force: true });
  }
}
