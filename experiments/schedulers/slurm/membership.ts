import { shellQuote } from "../../../base/quote";
import { shellScript } from "../../../base/shell-script";
import { type Executor, RemoteError, runChecked } from "../../remote/executor";
import { keepOpen } from "../../remote/keep-open";
import type { LiveCluster, Membership, NodesSeen } from "../adapter";
import { controllerOf } from "../controller";
import { type Look, LookReader } from "./node-view";
import { exempt, keptNodes, watchPower } from "./power";

const CALL_MS = 60_000;
const NODE_MS = 30_000;
/** For a node that may be out of reach. */
const GONE_MS = 10_000;
/** Between two looks: slurmctld tells nobody when a node changes, and each look costs it a few ms. */
const LOOK_SECONDS = 0.25;
/** The pause, and twice what a look takes on a busy host: a change is told so late at least. */
const RESOLUTION_MS = 500;

/**
 * Nodes are in slurm.conf whether they are there or not: slurmctld refuses a job that is wider than the
 * nodes that it knows, and lets it wait for those that are down. So a node that leaves is drained, its
 * slurmd is stopped and it is set down; one that joins registers with its slurmd.
 */
export function slurmMembership(
  executor: Executor,
  cluster: Pick<LiveCluster, "name" | "nodes" | "elastic">,
): Membership {
  const controller = controllerOf(cluster).name;
  const compute = cluster.nodes.filter(({ role }) => role === "compute");
  const all = compute.map(({ name }) => name);
  const nativePools = [...cluster.elastic].filter(([, { policy }]) => policy.kind === "native");
  const nodesOf = (pool: string) =>
    compute.filter((node) => node.pool === pool).map(({ name }) => name);
  const native = new Set(nativePools.flatMap(([pool]) => nodesOf(pool)));
  let suspending = false;
  /** Jobs that were on a node which drains, until all of them are put back. */
  const leaving = new Map<string, Set<string>>();
  const watchCommand = (once: "once" | "") =>
    `bash -c ${shellQuote(shellScript(__dirname, ["watch-nodes.sh"], [LOOK_SECONDS, once]))}`;
  /** What has changed since a look may have done so right after it. */
  const seenAs = ({ at, before, nodes }: Look, since = before): NodesSeen => ({
    at,
    resolutionMs: Math.max(RESOLUTION_MS, at - since),
    nodes,
  });

  const act = (name: string, node: string, ...more: string[]) =>
    runChecked(executor, controller, "bash -s", {
      step: `have ${node} ${name.split("-")[0]}`,
      deadlineMs: CALL_MS,
      stdin: shellScript(__dirname, ["membership.sh"], [name, node, ...more]),
    });

  return {
    async nodes() {
      const step = "ask Slurm for its nodes";
      const command = watchCommand("once");
      const { stdout } = await runChecked(executor, controller, command, {
        step,
        deadlineMs: CALL_MS,
      });
      const looks: Look[] = [];
      const reader = new LookReader((look) => looks.push(look));
      for (const line of stdout.split("\n")) reader.line(line);
      const [look] = looks;
      if (look !== undefined) return seenAs(look);
      throw new RemoteError("the answer is cut off", { host: controller, step, command });
    },

    watch(seen, observer) {
      let told: number | undefined;
      let interrupted = false;
      const reader = new LookReader((look) => {
        // Looks that found no change were not told, so that the last one told counts.
        seen(seenAs(look, interrupted ? told : look.before));
        told = look.at;
        interrupted = false;
      });
      return keepOpen(executor, {
        host: controller,
        command: watchCommand(""),
        step: "watch Slurm's nodes",
        onLine: (line) => reader.line(line),
        onInterruption: (error) => {
          interrupted = true;
          observer.warning(error.message);
        },
        onFailure: (error) => observer.failure(error),
      });
    },

    async join(node, signal) {
      const slurmd = (verb: "start" | "restart") => {
        signal?.throwIfAborted();
        return runChecked(executor, node, `systemctl ${verb} slurmd`, {
          step: `${verb} slurmd`,
          deadlineMs: NODE_MS,
        });
      };
      if (native.has(node)) {
        if (!suspending) await exempt(executor, controller, all);
        await act("join-native", node);
        // Slurm counts only a boot that comes after its wish.
        await slurmd("restart");
        return;
      }
      await slurmd("start");
      const { stdout } = await act("join", node);
      // A slurmd that ran all the time does not tell of itself before it is asked again.
      if (!stdout.startsWith("down")) return;
      await slurmd("restart");
      await act("join", node);
    },

    async drain(node, jobs) {
      const { stdout } = await act("drain", node, jobs);
      if (jobs !== "requeue") return;
      // One that was put back by an act that was cut off is not on the node any more, and still waits.
      const were = leaving.get(node) ?? new Set<string>();
      leaving.set(node, were);
      for (const job of stdout.split(/\s+/)) if (job !== "") were.add(job);
      if (were.size > 0) await act("requeue", node, ...were);
      leaving.delete(node);
    },

    async leave(node) {
      const { stdout } = await act("state", node);
      const state = stdout.trim();
      const leave = () =>
        native.has(node) ? act("leave-native", node, state) : act("leave", node);
      // A node that does not answer slurmctld will hardly answer us: its jobs are to end now.
      if (/down|not_responding/.test(state)) await leave();
      try {
        await runChecked(executor, node, "systemctl stop slurmd", {
          step: "stop slurmd",
          deadlineMs: GONE_MS,
        });
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
      }
      // Before that it would register again, and be taken for one that is back.
      await leave();
    },

    ...(native.size > 0 && {
      async native(wants, observer) {
        const now = nativePools.flatMap(([pool, { min }]) => keptNodes(nodesOf(pool), min));
        const kept = { now, later: all };
        const watch = await watchPower(executor, controller, kept, wants, observer);
        suspending = true;
        return {
          close: async () => {
            suspending = false;
            await watch.close();
          },
        };
      },
    }),
  };
}
