import { Failure } from "../../../base/failure";
import { type Executor, RemoteError, runChecked } from "../../remote/executor";
import type { LiveCluster, Membership, NodesSeen } from "../adapter";
import { stopDaemons } from "../stop-daemons";
import { nodesSeen } from "./node-views";
import { fluxPython } from "./python";
import { watchNodes } from "./watch-nodes";

const CALL_MS = 60_000;
/** From a broker's start to the controller's knowing it: a second natively, minutes under emulation. */
const joinSeconds = 120;
const knowSeconds = 30;

export interface MembershipContext {
  readonly executor: Executor;
  readonly cluster: Pick<LiveCluster, "schedulerNodes">;
  /** The controller's name. */
  readonly controller: string;
}

/**
 * All nodes are in Flux's configuration from the start; one that is away is one whose broker is not there.
 * It stays drained until it joins, so that it gets no jobs should its broker come up for another reason.
 */
export function fluxMembership({ executor, cluster, controller }: MembershipContext): Membership {
  const expected = cluster.schedulerNodes;
  const onController = (step: string, command: string) =>
    runChecked(executor, controller, command, { step, deadlineMs: CALL_MS });
  const act = (verb: "drain" | "admit" | "expel", node: string, seconds: number) =>
    runChecked(executor, controller, fluxPython("node.py", verb, node, seconds), {
      step: steps[verb](node),
      deadlineMs: seconds * 1000 + CALL_MS,
    });

  return {
    async nodes(): Promise<NodesSeen> {
      const step = "ask Flux for its nodes";
      const command = fluxPython("membership.py", "once");
      const { stdout } = await onController(step, command);
      const seen = nodesSeen(stdout.trim(), expected);
      if (seen !== null) return seen;
      throw new RemoteError("the answer is not one", {
        host: controller,
        step,
        command,
        tail: stdout,
      });
    },

    watch: (seen, observer) => watchNodes({ executor, controller, expected, seen, observer }),

    async join(node, signal) {
      await runChecked(executor, node, startBroker, {
        step: "start the broker",
        deadlineMs: joinSeconds * 1000 + CALL_MS,
      });
      signal?.throwIfAborted();
      await act("admit", node, joinSeconds);
    },

    async drain(node, jobs) {
      if (jobs === "requeue") throw new Failure(cannotRequeue);
      await act("drain", node, knowSeconds);
    },

    async leave(node) {
      await Promise.all([
        stopDaemons(executor, node, "stop the broker", "systemctl stop flux"),
        act("expel", node, knowSeconds),
      ]);
    },
  };
}

const cannotRequeue =
  "Flux cannot put a job that runs back into its queue; nodes leave by `finish`";

const steps = {
  drain: (node: string) => `drain ${node}`,
  admit: (node: string) => `let ${node} take jobs`,
  expel: (node: string) => `wait until ${node}'s broker has gone`,
} as const;

/** Returns when the broker has joined; one that boots with its node is waited for. */
const startBroker = "systemctl reset-failed munge flux; systemctl start munge flux";
