import { readdirSync, readFileSync } from "node:fs";

/** Parent of every process, by process id. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      // The command, in parentheses, may hold blanks; the parent is the second field behind it.
      found.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

function descendants(root: number): number[] {
  const tree = [root];
  const all = parents();
  for (const member of tree) {
    for (const [pid, parent] of all) if (parent === member) tree.push(pid);
  }
  return tree;
}

/**
 * SIGKILL for a process and all that it started, as when a machine's memory runs out or a session
 * ends badly. They are stopped first, so that none can start another or hear of a death.
 */
export function killTree(root: number): void {
  const stopped = new Set<number>();
  for (let fresh = [root]; fresh.length > 0; ) {
    for (const pid of fresh) {
      signal(pid, "SIGSTOP");
      stopped.add(pid);
    }
    fresh = descendants(root).filter((pid) => !stopped.has(pid));
  }
  for (const pid of stopped) signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
