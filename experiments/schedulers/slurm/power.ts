import { setTimeout as delay } from "node:timers/promises";
import { shellQuote } from "../../../base/quote";
import { shellScript } from "../../../base/shell-script";
import { messageOf } from "../../../base/thrown";
import { type Executor, runChecked } from "../../remote/executor";
import { follow } from "../../remote/follow";
import { keepOpen } from "../../remote/keep-open";
import type { Membership, NativeDecision } from "../adapter";
import { expandHostlist } from "./hostlist";

/** On the controller, as the bootstrap's programs write it. */
const POWER_LOG = "/var/log/slurm/power.log";
const CALL_MS = 60_000;
/** Between two looks at which nodes slurmctld may not suspend: it tells nobody that it was restarted. */
const LOOK_SECONDS = 1;
/** Between an attempt to tell it that failed and the next one. */
const RETRY_MS = 1_000;

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

/** `node[01-03]:1`: of these nodes, which are numbered without a gap, one always stays. */
export function keptNodes(nodes: readonly string[], least: number): string[] {
  const [first, last] = [nodes.at(0), nodes.at(-1)].map((name = "") => /^(.*?)(\d+)$/.exec(name));
  if (least === 0 || first == null || last == null) return [];
  return [`${first[1]}[${first[2]}-${last[2]}]:${least}`];
}

/** Nodes that slurmctld may not suspend, in its notation; all, between runs. Empty: it may suspend any. */
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
 * Has slurmctld exempt these nodes until it is closed. One that is restarted, or reads its configuration anew,
 * exempts those of its configuration again, and is told again.
 */
async function keepExempt(
  executor: Executor,
  controller: string,
  nodes: readonly string[],
  observer: Parameters<Membership["watch"]>[1],
): Promise<{ close(): Promise<void> }> {
  const over = new AbortController();
  const { signal } = over;
  const told = nodes.join(",");
  const tellAgain = async () => {
    let why: string | undefined;
    while (!signal.aborted) {
      try {
        await exempt(executor, controller, nodes);
        return;
      } catch (error) {
        if (why !== messageOf(error)) observer.warning(messageOf(error));
        why = messageOf(error);
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  };
  let telling = Promise.resolve();
  await exempt(executor, controller, nodes);
  const command = shellScript(__dirname, ["watch-exempt.sh"], [LOOK_SECONDS]);
  const watch = await keepOpen(executor, {
    host: controller,
    command: `bash -c ${shellQuote(command)}`,
    step: "watch which nodes may be suspended",
    onLine: (line) => {
      const [, seen] = /^exempt (.*)$/.exec(line) ?? [];
      if (seen === undefined || seen === told || signal.aborted) return;
      observer.warning(
        `slurmctld exempts ${seen || "no node"} from power saving, as after a restart: it is told again`,
      );
      telling = telling.then(tellAgain);
    },
    onInterruption: (error) => observer.warning(error.message),
    onFailure: (error) => observer.failure(error),
  });
  return {
    close: async () => {
      over.abort();
      watch.close();
      // What is under way would otherwise come after what is told next.
      await telling;
    },
  };
}

/**
 * Slurm's power saving as the policy of pools: it wants nodes from now on, and none once the returned
 * watch is closed.
 */
export async function watchPower(
  executor: Executor,
  controller: string,
  /** Nodes that stay during a run, and those that do between runs. */
  kept: { readonly now: readonly string[]; readonly later: readonly string[] },
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
  const exemption = await keepExempt(executor, controller, kept.now, observer);
  return {
    close: async () => {
      log.close();
      await exemption.close();
      await exempt(executor, controller, kept.later);
    },
  };
}
