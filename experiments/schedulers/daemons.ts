import pLimit from "p-limit";
import { shellScript } from "../../base/shell-script";
import { type Executor, runChecked } from "../remote/executor";
import type { DaemonCost } from "./adapter";

const NODES_AT_ONCE = 8;
const CALL_MS = 60_000;
const NAME = /^[\w.-]+$/;

/**
 * A shell script that prints `name user-ticks system-ticks peak-kB ticks-a-second` for every process
 * whose command has one of the names.
 */
export function daemonsScript(names: readonly string[], resetPeak: boolean): string {
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined) throw new RangeError(`no daemon's name: ${bad}`);
  return shellScript(__dirname, ["daemons.sh"], [resetPeak ? "reset" : "keep", ...names]);
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
