import { traitLabels } from "../../../spec/schedulers/kubernetes/asks";
import { gpuResource, partitionLabel } from "../../../spec/schedulers/kubernetes/policy";
import type { LiveCluster, NodeView } from "../adapter";
import { type ClusterNode, needsNode, type Pod, readiness } from "./objects";

/** What a node has when it is whole. */
export interface WholeNode {
  readonly name: string;
  readonly cores: number;
  readonly gpus: number;
  /** Labels by which jobs find it: those of its partitions, features and type of GPU. */
  readonly labels: Readonly<Record<string, string>>;
}

export function wholeNodes(
  cluster: Pick<LiveCluster, "schedulerNodes" | "partitions">,
): WholeNode[] {
  return cluster.schedulerNodes.map((node) => ({
    name: node.name,
    cores: node.vcpus,
    gpus: node.gpus,
    labels: {
      ...Object.fromEntries(
        cluster.partitions
          .filter(({ nodes }) => nodes.includes(node.name))
          .map((partition) => [partitionLabel(partition.name), "true"]),
      ),
      ...traitLabels(node),
    },
  }));
}

/** Each of the nodes as Volcano's scheduler sees it: by what the API server has of nodes and pods. */
export function nodeViews(
  whole: readonly WholeNode[],
  nodes: Iterable<ClusterNode>,
  pods: Iterable<Pod>,
): NodeView[] {
  const known = new Map([...nodes].map((node) => [node.metadata.name, node]));
  const jobs = new Map<string, number>();
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && needsNode(pod)) jobs.set(nodeName, (jobs.get(nodeName) ?? 0) + 1);
  }
  return whole.map((one) => {
    const node = known.get(one.name);
    return {
      name: one.name,
      state: stateOf(node, one),
      cores: coresIn(node?.status.allocatable.cpu) ?? one.cores,
      jobs: jobs.get(one.name) ?? 0,
    };
  });
}

/** The node controller's sign of a node that was cordoned; it goes a moment after the cordon. */
const cordonTaint = "node.kubernetes.io/unschedulable";
const keepsJobsAway = new Set(["NoSchedule", "NoExecute"]);

function stateOf(node: ClusterNode | undefined, whole: WholeNode): NodeView["state"] {
  if (node === undefined) return "absent";
  if (readiness(node)?.status !== "True") return "down";
  const taints = node.spec.taints.filter(({ effect }) => keepsJobsAway.has(effect));
  if (node.spec.unschedulable === true || taints.some(({ key }) => key === cordonTaint)) {
    return "draining";
  }
  return taints.length === 0 && isWhole(node, whole) ? "schedulable" : "down";
}

/** A node that has just been made may lack its accelerators for a moment. */
function isWhole({ metadata, status }: ClusterNode, { gpus, labels }: WholeNode): boolean {
  return (
    Number(status.allocatable[gpuResource] ?? 0) >= gpus &&
    Object.entries(labels).every(([name, value]) => metadata.labels[name] === value)
  );
}

/** Whole cores of a quantity such as "2" or "1500m". */
function coresIn(quantity: string | undefined): number | null {
  const match = /^(\d+)(m?)$/.exec(quantity ?? "");
  if (match === null) return null;
  return match[2] === "m" ? Math.floor(Number(match[1]) / 1000) : Number(match[1]);
}
