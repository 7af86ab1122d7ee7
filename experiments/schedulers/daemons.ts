import pLimit from "p-limit";
import { type Executor, runChecked } from "../remote/executor";
import type { DaemonCost } from "./adapter";

const NODES_AT_ONCE = 8;
const CALL_MS = 60_000;
const NAME = /^[\w.-]+$/;

/**
 * A shell script that prints `name user-ticks system-ticks peak-kB ticks-a-second` for every process
 * whose command has one of the names. Kernel names end after 15 characters.
 */
export function daemonsScript(names: readonly string[], resetPeak: boolean): string {
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined) throw new RangeError(`no daemon's name: ${bad}`);
  const pattern = names.map((name) => name.slice(0, 15)).join("|");
  // Writing 5 to clear_refs sets the peak to the present size (proc(5)).
  const reset = resetPeak ? "\n  echo 5 2>/dev/null >/proc/$pid/clear_refs" : "";
  return `hertz=$(getconf CLK_TCK)
for directory in /proc/[0-9]*; do
  pid=\${directory#/proc/}
  read -r name 2>/dev/null <$directory/comm || continue
  case $name in ${pattern}) ;; *) continue ;; esac${reset}
  read -r stat 2>/dev/null <$directory/stat || continue
  set -- \${stat##*) }
  peak=0
  while read -r key value _; do
    [ "$key" = VmHWM: ] && peak=$value
  done <$directory/status
  echo "$name \${12} \${13} $peak $hertz"
done`;
}

/** Processes of one name on one node are summed: CPU time, and memory as an upper bound. */
export function parseDaemons(node: string, output: string): DaemonCost[] {
  const costs = new Map<string, DaemonCost>();
  for (const line of output.split("\n")) {
    const match = /^(\S+) (\d+) (\d+) (\d+) (\d+)$/.exec(line.trim());
    const daemon = match?.[1];
    if (match === null || daemon === undefined) continue;
    const [user, system, peakKb, hertz] = match.slice(2).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const before = costs.get(daemon);
    costs.set(daemon, {
      node,
      daemon,
      cpuSeconds: (before?.cpuSeconds ?? 0) + (user + system) / hertz,
      peakMemoryBytes: (before?.peakMemoryBytes ?? 0) + peakKb * 1024,
    });
  }
  return [...costs.values()];
}

/** What the daemons of these names have used on each node. @throws RemoteError. */
export async function daemonCosts(
  executor: Executor,
  nodes: readonly { readonly name: string }[],
  names: readonly string[],
  resetPeak: boolean,
): Promise<DaemonCost[]> {
  const command = daemonsScript(names, resetPeak);
  const limit = pLimit(NODES_AT_ONCE);
  const costs = nodes.map(({ name }) =>
    limit(async () => {
      const { stdout } = await runChecked(executor, name, "bash -s", {
        step: "read the daemons' cost",
        deadlineMs: CALL_MS,
        stdin: command,
      });
      return parseDaemons(name, stdout);
    }),
  );
  return (await Promise.all(costs)).flat();
}
