import { setTimeout as delay } from "node:timers/promises";
import { ClusterNotReady } from "../not-ready";
import { COMPLETION_LOG } from "./completion";

/** Node by node, without reservations and partitions: `name|state`. */
const nodesCommand = "sinfo --noheader --Node --format='%N|%T'";

/** Names of the nodes that cannot run jobs, with Slurm's word for why; a trailing mark is dropped. */
export function unusableNodes(
  output: string,
  expected: readonly string[],
): { name: string; state: string }[] {
  const states = new Map<string, string>();
  for (const line of output.split("\n")) {
    const [name, state] = line.split("|");
    if (name !== undefined && state !== undefined) states.set(name, state);
  }
  // Planned: idle, and meant by backfill for a job that waits, such as one that is being cancelled.
  const usable = /^(idle|planned|mixed|allocated|completing)$/;
  return expected.flatMap((name) => {
    const state = states.get(name) ?? "unknown to slurmctld";
    return usable.test(state) ? [] : [{ name, state }];
  });
}

/** The controller's zone, whether the completion log is there, the version, then the nodes. */
export const readinessCommand = `date +%z; test -e ${COMPLETION_LOG} && echo log || echo none; sinfo --version; ${nodesCommand}`;

/** slurmctld that has just started asks every slurmd within seconds; until then it does not know them. */
const REGISTER_MS = 30_000;
const LOOK_EVERY_MS = 500;

/**
 * Waits for nodes that slurmctld has not heard of since its start.
 * @param look runs `readinessCommand` on the controller.
 * @returns Slurm's version. @throws ClusterNotReady naming what is not as it has to be.
 */
export async function awaitUsableNodes(
  controller: string,
  expected: readonly string[],
  look: () => Promise<string>,
  registerMs: number = REGISTER_MS,
): Promise<string> {
  const until = performance.now() + registerMs;
  for (;;) {
    const [zone, log, version = "", ...nodes] = (await look()).split("\n");
    if (zone !== "+0000") {
      throw new ClusterNotReady(`${controller}: the time zone is ${zone}, expected UTC`, {
        remedy: "Slurm's records carry no zone; set the controller to UTC.",
      });
    }
    if (log !== "log") {
      throw new ClusterNotReady(`${controller}: no completion log at ${COMPLETION_LOG}`, {
        remedy: "Run `pulumi up` again: the bootstrap sets JobCompType=jobcomp/filetxt.",
      });
    }
    const down = unusableNodes(nodes.join("\n"), expected);
    if (down.length === 0) return version.replace(/^slurm-?\S*\s+/, "").trim();
    const passing = down.every(({ state }) => state.replace(/\*$/, "") === "unknown");
    if (!passing || performance.now() > until) {
      const list = down.map(({ name, state }) => `${name} is ${state}`).join(", ");
      throw new ClusterNotReady(`Slurm cannot use every node: ${list}`, {
        remedy: "Run `pulumi up` again, or see the nodes' slurmd log.",
      });
    }
    await delay(LOOK_EVERY_MS);
  }
}

/**
 * Starts every run from equal shares: usage would otherwise pass from one run to the next. The usage of an
 * account is that of its users and of the accounts below it; without a database there is no usage.
 */
export const forgetUsage = [
  "if grep -qs '^AccountingStorageType=accounting_storage/slurmdbd' /etc/slurm/slurm.conf; then",
  'accounts="$(sacctmgr -nP list account format=account | grep -vx root | paste -sd,)";',
  '[ -z "$accounts" ] || sacctmgr -iQ modify account where name="$accounts" set RawUsage=0 >/dev/null; fi',
].join(" ");
