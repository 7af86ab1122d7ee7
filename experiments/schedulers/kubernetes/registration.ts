import { RemoteError } from "../../remote/executor";
import type { ApiClients } from "./connection";
import { type ClusterNode, nodeSchema, readiness } from "./objects";
import { nodesPath } from "./resources";
import { watchObjects } from "./watch";

/** From kubelet's start to its first word: half a second natively, minutes under emulation. */
const REGISTER_MS = 300_000;
const hostLabel = "kubernetes.io/hostname";

/**
 * Waits until kubelet has told of its node since it was started. What the API server had of a node before
 * says nothing: it believes for most of a minute that a node which is gone is ready, and a kubelet that
 * finds its node there takes the accelerators from it.
 * @param since kubelet's start on the node's own clock, in milliseconds, cut to whole seconds like the
 * times that kubelet writes.
 * @throws RemoteError when it has not after `deadlineMs`.
 */
export async function awaitRegistration(
  { config, core }: Pick<ApiClients, "config" | "core">,
  host: string,
  node: string,
  since: number,
  deadlineMs: number = REGISTER_MS,
): Promise<void> {
  const step = `wait for ${node}`;
  const failure = (what: string) =>
    new RemoteError(what, {
      host,
      step,
      command: nodesPath,
      remedy: `See \`journalctl --unit kubelet\` on ${node}.`,
    });
  const selector = `${hostLabel}=${node}`;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<{ close(): void }> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(failure(`its kubelet did not register it within ${deadlineMs / 1000} s`));
      }, deadlineMs);
      opening = watchObjects(config, {
        host,
        step,
        path: nodesPath,
        selector,
        list: () => core.listNode({ labelSelector: selector }),
        onObject: (object) => {
          if (toldSince(nodeSchema.parse(object), since)) resolve();
        },
        onGone: () => {},
        onInterruption: () => {},
        onFailure: reject,
      });
      opening.catch(reject);
    });
  } finally {
    clearTimeout(timer);
    opening?.then((watch) => watch.close()).catch(() => {});
  }
}

function toldSince(node: ClusterNode, since: number): boolean {
  return (readiness(node)?.lastHeartbeatTime ?? 0) >= since;
}
