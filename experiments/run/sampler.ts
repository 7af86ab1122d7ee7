import type { SampleRecord } from "../store/record";

/**
 * Prints one sample now and one every interval, without starting a process: it waits by reading its
 * stdin, so that it also ends with its channel. CPU time is that of the node's own cgroup; in a
 * machine, or where the cgroup has no such file, /proc/stat. `-` stands for unknown.
 */
export function samplerScript(intervalSeconds: number): string {
  return `
hertz=$(getconf CLK_TCK)
root=/sys/fs/cgroup
[ -r $root/cpu.stat ] || [ ! -r $root/unified/cpu.stat ] || root=$root/unified
sample() {
  local cpu=- memory=- load=- key value rest
  if [ -r $root/cpu.stat ]; then
    while read -r key value; do
      [ "$key" = usage_usec ] && cpu=$value
    done <$root/cpu.stat
  fi
  if [ "$cpu" = - ]; then
    read -r _ u n s _ _ q t _ </proc/stat
    cpu=$(((u + n + s + q + t) * 1000000 / hertz))
  fi
  if [ -r $root/memory.current ]; then
    read -r memory <$root/memory.current
  else
    local total=0 free=0
    while read -r key value _; do
      case $key in MemTotal:) total=$value ;; MemAvailable:) free=$value ;; esac
    done </proc/meminfo
    memory=$(((total - free) * 1024))
  fi
  read -r load rest </proc/loadavg
  echo "$EPOCHREALTIME $cpu $memory $load"
}
sample
while :; do
  read -r -t ${intervalSeconds} _
  [ $? -gt 128 ] || exit 0
  sample
done`;
}

/** One line of the sampler; null when it is not one. */
export function parseSample(node: string, line: string): SampleRecord | null {
  const match = /^(\d+[.,]\d+) (\d+) (\d+|-) ([\d.]+|-)$/.exec(line);
  if (match === null) return null;
  const [, time = "", cpu, memory, load] = match;
  return {
    node,
    at: Number(time.replace(",", ".")) * 1000,
    cpuUsageUsec: Number(cpu),
    memoryBytes: memory === "-" ? null : Number(memory),
    load: load === "-" ? null : Number(load),
  };
}
