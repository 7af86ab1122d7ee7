import type { NodesSeen, NodeView, Observer } from "../adapter";
import type { ApiClients } from "./connection";
import { runLabel } from "./names";
import { nodeViews, type WholeNode } from "./node-views";
import { type ClusterNode, nodeSchema, type Pod, podSchema } from "./objects";
import { nodesPath, podsPath } from "./resources";
import { watchObjects } from "./watch";

/**
 * From a change in the API server until the watch tells of it. Cordons were told of 22 and 57 ms after they
 * were sent, on a host that was not busy: this is twice that. The times in nodes' conditions are whole
 * seconds, so the moment is that of the telling.
 */
const tellsWithinMs = 100;

export interface NodeWatch {
  readonly admin: Pick<ApiClients, "config" | "core">;
  readonly host: string;
  readonly whole: readonly WholeNode[];
  /** Milliseconds on the controller's clock. */
  readonly now: () => number;
  readonly seen: (nodes: NodesSeen) => void;
  readonly observer: Pick<Observer, "warning" | "failure">;
}

/** Tells of the nodes now, and whenever one of them has changed. @throws RemoteError. */
export async function watchNodes(options: NodeWatch): Promise<{ close(): void }> {
  const { admin, host, whole, now, observer } = options;
  const nodes = new Map<string, ClusterNode>();
  const pods = new Map<string, Pod>();
  let told: readonly NodeView[] | undefined;
  let listening = false;
  let heardAt = now();
  let interrupted = false;

  const tell = () => {
    if (!listening) return;
    const views = nodeViews(whole, nodes.values(), pods.values());
    const at = now();
    // What was missed may have happened any time since something was heard last.
    const resolutionMs = interrupted ? Math.max(tellsWithinMs, at - heardAt) : tellsWithinMs;
    heardAt = at;
    interrupted = false;
    if (told !== undefined && alike(told, views)) return;
    told = views;
    options.seen({ at, resolutionMs, nodes: views });
  };
  const common = {
    host,
    onInterruption: (error: Error) => {
      interrupted = true;
      observer.warning(error.message);
    },
    onFailure: (error: Error) => observer.failure(error),
  };
  const watches: { close(): void }[] = [];
  const close = () => {
    for (const watch of watches) watch.close();
  };
  try {
    watches.push(
      await watchObjects(admin.config, {
        ...common,
        step: "watch the nodes",
        path: nodesPath,
        selector: "",
        list: () => admin.core.listNode(),
        onObject: (object) => {
          const node = nodeSchema.parse(object);
          nodes.set(node.metadata.name, node);
          tell();
        },
        onGone: (object) => {
          nodes.delete(nodeSchema.parse(object).metadata.name);
          tell();
        },
      }),
      await watchObjects(admin.config, {
        ...common,
        step: "watch the pods on the nodes",
        path: podsPath,
        selector: runLabel,
        list: () => admin.core.listPodForAllNamespaces({ labelSelector: runLabel }),
        onObject: (object) => {
          const pod = podSchema.parse(object);
          pods.set(pod.metadata.uid, pod);
          tell();
        },
        onGone: (object) => {
          pods.delete(podSchema.parse(object).metadata.uid);
          tell();
        },
      }),
    );
  } catch (error) {
    close();
    throw error;
  }
  listening = true;
  tell();
  return { close };
}

function alike(before: readonly NodeView[], after: readonly NodeView[]): boolean {
  return after.every((view, index) => {
    const old = before[index];
    return old?.state === view.state && old.cores === view.cores && old.jobs === view.jobs;
  });
}
