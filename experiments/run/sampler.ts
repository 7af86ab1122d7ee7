import { shellScript } from "../../base/shell-script";
import type { SampleRecord } from "../../store/record";

/** Prints one sample now and one every interval until its stdin ends. */
export function samplerScript(intervalSeconds: number): string {
  return shellScript(__dirname, ["sampler.sh"], [Math.round(intervalSeconds * 1_000_000)]);
}

/** One line of the sampler; null when it is not one. */
export function parseSample(node: string, line: string): SampleRecord | null {
  const match = /^(\d+) (\d+) (\d+|-) ([\d.]+)$/.exec(line);
  if (match === null) return null;
  const [, time, cpu, memory, load] = match;
  return {
    node,
    at: Number(time) / 1000,
    cpuUsageUsec: Number(cpu),
    memoryBytes: memory === "-" ? null : Number(memory),
    load: Number(load),
  };
}
