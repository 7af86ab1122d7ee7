import { shellScript } from "../../../base/shell-script";
import { type Executor, RemoteError, runChecked } from "../../remote/executor";
import { measureClock } from "../../run/clock";
import { steadyNow } from "../../run/replay";
import type { LiveCluster, Membership, NodesSeen } from "../adapter";
import { stopDaemons } from "../stop-daemons";
import { type ApiClients, call } from "./connection";
import { runLabel } from "./names";
import {
  type Api,
  cordon,
  deleteNode,
  disown,
  ifThere,
  makeWhole,
  podsOn,
  requeueJobs,
} from "./node-acts";
import { nodeViews, type WholeNode, wholeNodes } from "./node-views";
import { watchNodes } from "./node-watch";
import { nodeSchema, podSchema } from "./objects";
import { awaitRegistration } from "./registration";

/** Where Volcano's scheduler tells its metrics, on the controller. */
export const schedulerMetricsPort = 8080;

/** A session takes seconds when thousands of jobs wait. */
const sessionSeconds = 60;
const startMs = 120_000;
/** A kubelet that was started longer ago than this has told of its node. */
const tellingSeconds = 20;

export interface MembershipContext {
  readonly executor: Executor;
  readonly cluster: Pick<LiveCluster, "schedulerNodes" | "partitions">;
  /** The controller's name. */
  readonly host: string;
  readonly connect: () => Promise<{
    readonly admin: Pick<ApiClients, "config" | "core" | "custom">;
  }>;
}

/**
 * Nodes by kubelet, which makes its node when it starts, and by the API server, which forgets it when it
 * leaves. Volcano's scheduler learns of a cordon between two of its sessions.
 */
export function kubernetesMembership({
  executor,
  cluster,
  host,
  connect,
}: MembershipContext): Membership {
  const whole = wholeNodes(cluster);
  let clock: Promise<number> | undefined;
  const offset = () => {
    clock ??= measureClock(executor, host).then(({ offsetMs }) => offsetMs);
    clock.catch(() => {
      clock = undefined;
    });
    return clock;
  };
  const api = async (): Promise<Api> => {
    const { core, custom } = (await connect()).admin;
    return { host, core, custom };
  };
  const script = (name: string, ...values: readonly (string | number)[]) =>
    shellScript(__dirname, [name], values);

  return {
    async nodes(): Promise<NodesSeen> {
      const [{ core }, offsetMs] = await Promise.all([api(), offset()]);
      const askedAt = steadyNow();
      const [nodes, pods] = await call(host, "list nodes and pods", () =>
        Promise.all([core.listNode(), core.listPodForAllNamespaces({ labelSelector: runLabel })]),
      );
      const at = steadyNow();
      return {
        at: at + offsetMs,
        resolutionMs: at - askedAt,
        nodes: nodeViews(
          whole,
          nodes.items.map((item) => nodeSchema.parse(item)),
          pods.items.map((item) => podSchema.parse(item)),
        ),
      };
    },

    async watch(seen, observer) {
      const [{ admin }, offsetMs] = await Promise.all([connect(), offset()]);
      const now = () => steadyNow() + offsetMs;
      return watchNodes({ admin, host, whole, now, seen, observer });
    },

    async join(node, signal) {
      const named = find(whole, node, host);
      const [{ admin }, at] = await Promise.all([connect(), api()]);
      const known = await ifThere(host, `look for ${node}`, () => at.core.readNode({ name: node }));
      const { stdout } = await runChecked(
        executor,
        node,
        script("node-start.sh", known === null ? "no" : "yes", tellingSeconds),
        { step: "start containerd and kubelet", deadlineMs: startMs },
      );
      await awaitRegistration(admin, { host, node, since: Number(stdout) * 1000, signal });
      await makeWhole(at, named);
    },

    async drain(node, jobs) {
      const at = await api();
      if (!(await cordon(at, node))) return;
      await runChecked(
        executor,
        host,
        script("sessions.sh", schedulerMetricsPort, sessionSeconds),
        {
          step: `wait until Volcano's scheduler has seen that ${node} drains`,
          deadlineMs: 2 * sessionSeconds * 1000,
        },
      );
      if (jobs === "requeue") await requeueJobs(at, await podsOn(at, node));
    },

    async leave(node) {
      const at = await api();
      await cordon(at, node);
      await Promise.all((await podsOn(at, node)).map((pod) => disown(at, pod)));
      await deleteNode(at, node);
      // Last, for a node that does not answer is waited for. A kubelet does not make its node anew.
      await stopDaemons(executor, node, "stop kubelet and containerd", script("node-stop.sh"));
    },
  };
}

function find(whole: readonly WholeNode[], node: string, host: string): WholeNode {
  const found = whole.find(({ name }) => name === node);
  if (found !== undefined) return found;
  throw new RemoteError(`the cluster has no node ${node}`, {
    host,
    step: "let a node join",
    command: "Kubernetes API",
  });
}
