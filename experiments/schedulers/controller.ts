import type { HandleNode } from "../../infra/handle";
import type { LiveCluster } from "./adapter";
import { ClusterNotReady } from "./not-ready";

/** The node of the scheduler's daemons. @throws ClusterNotReady when the cluster has none. */
export function controllerOf({ name, nodes }: Pick<LiveCluster, "name" | "nodes">): HandleNode {
  const controller = nodes.find(({ role }) => role === "controller");
  if (controller === undefined) throw new ClusterNotReady(`cluster ${name} has no controller`);
  return controller;
}
