import { lstatSync, realpathSync } from "node:fs";
import { execa } from "execa";
import { Failure } from "../base/failure";
import { mountsIn } from "./mounts";
import { mounts } from "./survey";

/**
 * Removes a directory with all that is in it, and nothing that is mounted there: neither another file
 * system nor a directory that appears in it a second time. A link, or nothing, stays as it is.
 * @throws Failure that names what is mounted, or what cannot be removed.
 */
export async function removeDirectory(directory: string): Promise<void> {
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  const mounted = mountsIn(mounts(), realpathSync(directory));
  if (mounted.length > 0) {
    throw new Failure(`${directory} is not removed, because something is mounted in it.`, {
      detail: mounted.map(({ target, type, source }) => `${target} (${type} ${source})`).join("\n"),
      remedy: `Unmount it: ${mounted.map(({ target }) => `umount '${target}'`).join("; ")}`,
    });
  }
  // For what is mounted from now on.
  const onOneFileSystem = ["--one-file-system", "--preserve-root=all"];
  const removed = await execa("rm", ["-rf", ...onOneFileSystem, "--", directory], {
    reject: false,
    stdin: "ignore",
  });
  if (removed.failed) {
    throw new Failure(`${directory} cannot be removed.`, {
      detail: removed.stderr,
      cause: removed,
    });
  }
}
