import { execa } from "execa";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";

/** Minutes that another builder may hold the lock. */
const deadlineMinutes = 45;

/**
 * Runs `work` while no other process holds `file`. The kernel's lock belongs to a child that ends
 * with its standard input, so it is free again however this process ends: there is no stale lock.
 */
export async function withLock<T>(
  file: string,
  what: string,
  report: Reporter,
  work: () => Promise<T>,
): Promise<T> {
  const holder = execa(
    "flock",
    ["--wait", String(deadlineMinutes * 60), file, "sh", "-c", "echo held; exec cat >/dev/null"],
    { reject: false, stdin: "pipe" },
  );
  const waiting = setTimeout(() => report(`waiting for another process that makes ${what}`), 1500);
  try {
    const held = await Promise.race([
      new Promise<boolean>((resolve) => holder.stdout.once("data", () => resolve(true))),
      holder.then(() => false),
    ]);
    if (!held) {
      throw new Failure(`another process has been making ${what} for ${deadlineMinutes} min`, {
        remedy: `find it with: fuser -v ${file}`,
        detail: (await holder).stderr,
      });
    }
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
    await holder;
  }
}
