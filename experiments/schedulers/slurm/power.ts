import { type Executor, runChecked } from "../../remote/executor";
import { follow } from "../../remote/follow";
import type { Membership, NativeDecision } from "../adapter";
import { expandHostlist } from "./hostlist";

/** On the controller, as the bootstrap's programs write it. */
const POWER_LOG = "/var/log/slurm/power.log";
const CALL_MS = 60_000;

const wants = { suspend: "leave", resume: "join" } as const;

/** `SECONDS suspend NODES` or `SECONDS resume NODES`, one for each node; none for any other line. */
export function parsePowerLine(line: string): NativeDecision[] {
  const match = /^(\d+[.,]\d+) (suspend|resume) (\S+)$/.exec(line);
  if (match === null) return [];
  const [, seconds = "", word = "suspend", nodes = ""] = match;
  const at = Number(seconds.replace(",", ".")) * 1000;
  const want = wants[word as keyof typeof wants];
  return expandHostlist(nodes).map((node) => ({ node, want, at }));
}

/** Nodes that slurmctld may not suspend; all, between runs. Empty: it may suspend any. */
export async function exempt(
  executor: Executor,
  controller: string,
  nodes: readonly string[],
): Promise<void> {
  await runChecked(executor, controller, `scontrol update SuspendExcNodes=${nodes.join(",")}`, {
    step: "say which nodes may be suspended",
    deadlineMs: CALL_MS,
  });
}

/**
 * Slurm's power saving as the policy of pools: it wants nodes from now on, and none once the returned
 * watch is closed.
 */
export async function watchPower(
  executor: Executor,
  controller: string,
  nodes: readonly string[],
  onDecision: (decision: NativeDecision) => void,
  observer: Parameters<Membership["watch"]>[1],
): ReturnType<NonNullable<Membership["native"]>> {
  const { stdout } = await runChecked(
    executor,
    controller,
    `stat -c %s ${POWER_LOG} 2>/dev/null || echo 0`,
    { step: "find the end of the log of power saving", deadlineMs: CALL_MS },
  );
  const log = await follow(executor, {
    host: controller,
    file: POWER_LOG,
    step: "follow the log of power saving",
    offset: Number(stdout.trim()),
    onLine: (line) => {
      for (const decision of parsePowerLine(line)) onDecision(decision);
    },
    onInterruption: (error) => observer.warning(error.message),
    onFailure: (error) => observer.failure(error),
  });
  await exempt(executor, controller, []);
  return {
    close: async () => {
      log.close();
      await exempt(executor, controller, nodes);
    },
  };
}
