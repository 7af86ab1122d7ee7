import { readFileSync } from "node:fs";

/** Clock ticks of /proc in a second: the same on every architecture that Linux runs on. */
const ticksPerSecond = 100;

/** Fields of /proc/PID/stat from the third on (proc(5)); undefined when there is no such process. */
function stat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command, in parentheses, may hold blanks.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Seconds since the process began; undefined when it has ended, reaped by its parent or not. */
export function ageOfProcess(pid: number): number | undefined {
  const fields = stat(pid);
  if (fields === undefined || fields[0] === "Z" || fields[0] === "X") return undefined;
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return uptime - Number(fields[19]) / ticksPerSecond;
}
