import { RemoteError } from "../../remote/executor";
import type { ApiClients } from "./connection";
import { type ClusterNode, nodeSchema, readiness } from "./objects";
import { nodesPath } from "./resources";
import { watchObjects } from "./watch";

/** From kubelet's start to its first word: half a second natively, minutes under emulation. */
const REGISTER_MS = 300_000;
const hostLabel = "kubernetes.io/hostname";

export interface Awaited {
  /** The controller's name. */
  readonly host: string;
  readonly node: string;
  /** Its kubelet's start on its own clock, in milliseconds, cut to whole seconds as kubelet's times are. */
  readonly since: number;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

/**
 * Waits until kubelet has told of its node since it was started. What the API server had of a node before
 * says nothing: it believes for most of a minute that a node which is gone is ready, and a kubelet that
 * finds its node there takes the accelerators from it.
 * @throws RemoteError when it has not after `deadlineMs`; the signal's reason.
 */
export async function awaitRegistration(
  { config, core }: Pick<ApiClients, "config" | "core">,
  { host, node, since, signal, deadlineMs = REGISTER_MS }: Awaited,
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
  let stop = () => {};
  let opening: Promise<{ close(): void }> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      stop = () => reject(signal?.reason);
      signal?.throwIfAborted();
      signal?.addEventListener("abort", stop, { once: true });
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
    signal?.removeEventListener("abort", stop);
    opening?.then((watch) => watch.close()).catch(() => {});
  }
}

function toldSince(node: ClusterNode, since: number): boolean {
  return (readiness(node)?.lastHeartbeatTime ?? 0) >= since;
}
