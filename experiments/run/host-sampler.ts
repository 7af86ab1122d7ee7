import fs from "node:fs";
import type { HostSampleRecord } from "../../store/record";
import { steadyNow } from "./replay";

/** /proc/stat counts in these on every architecture that Node.js runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/**
 * The first line of /proc/stat: the CPU time of all processors since the host booted. Time for guests
 * is part of user and nice already. Null when it is not that line.
 */
export function parseCpuTimes(
  text: string,
): Pick<HostSampleRecord, "busyUsec" | "idleUsec" | "stealUsec"> | null {
  const fields = /^cpu +(\d+(?: \d+)*)/.exec(text)?.[1]?.split(" ").map(Number) ?? [];
  const [user, nice, system, idle, iowait, irq = 0, softirq = 0, steal = 0] = fields;
  if (user === undefined || nice === undefined || system === undefined) return null;
  if (idle === undefined || iowait === undefined) return null;
  return {
    busyUsec: (user + nice + system + irq + softirq) * MICROSECONDS_PER_TICK,
    idleUsec: (idle + iowait) * MICROSECONDS_PER_TICK,
    stealUsec: steal * MICROSECONDS_PER_TICK,
  };
}

/** Samples the host's CPU time now and at each interval. A host without /proc/stat has no samples. */
export function sampleHost(
  intervalSeconds: number,
  onSample: (record: HostSampleRecord) => void,
): { close(): void } {
  const sample = () => {
    const times = readCpuTimes();
    if (times === null) return;
    const { user, system } = process.cpuUsage();
    onSample({ at: steadyNow(), ...times, harnessUsec: user + system });
  };
  sample();
  const timer = setInterval(sample, intervalSeconds * 1000);
  return {
    close() {
      clearInterval(timer);
      sample();
    },
  };
}

function readCpuTimes() {
  try {
    return parseCpuTimes(fs.readFileSync("/proc/stat", "utf8"));
  } catch {
    return null;
  }
}
