import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";

export interface InotifyInstances {
  /** fs.inotify.max_user_instances: what each user may have. */
  readonly limit: number;
  /** What root has now, in containers too, whose root is the host's. */
  readonly used: number;
}

/**
 * The inotify instances of root. Every systemd, containerd and kubelet holds some for as long as it lives,
 * and fails at its start when there are no more. Null where the kernel does not say. `root` is /proc.
 */
export async function inotifyInstances(root = "/proc"): Promise<InotifyInstances | null> {
  const limit = await readFile(path.join(root, "sys/fs/inotify/max_user_instances"), "utf8").catch(
    () => null,
  );
  if (limit === null) return null;
  const processes = (await readdir(root)).filter((name) => /^\d+$/.test(name));
  const counts = await Promise.all(processes.map((pid) => instancesOf(path.join(root, pid))));
  return { limit: Number(limit), used: counts.reduce((sum, count) => sum + count, 0) };
}

/** 0 for a process of another user, and for one that has ended in the meantime. */
async function instancesOf(directory: string): Promise<number> {
  try {
    if ((await stat(directory)).uid !== 0) return 0;
    const files = path.join(directory, "fd");
    const targets = await Promise.all(
      (await readdir(files)).map((file) => readlink(path.join(files, file)).catch(() => "")),
    );
    return targets.filter((target) => target === "anon_inode:inotify").length;
  } catch {
    return 0;
  }
}
