import { parseCidr } from "../../network";
import type { Problem } from "../../problems";
import { hardwareProfile, nodeSize } from "../../profiles";
import type { ExperimentSpec } from "../../spec";
import type { NodeShape } from "../../topology";
import { unknownUsers } from "../../user-checks";
import { podsPerNode } from "./pod-network";
import type { KubernetesPolicy } from "./policy";

/** MiB: etcd, the API server, two controller managers, Volcano's scheduler and its admission. */
const leastControllerMiB = 1024;
/** MiB: the system, containerd and kubelet, and something for jobs. */
const leastNodeMiB = 384;

export function kubernetesProblems(policy: KubernetesPolicy, spec: ExperimentSpec): Problem[] {
  const path = "scheduler.policy";
  const problems: Problem[] = [];
  const { fairness, shares, preemption } = policy;
  const sharing = Object.keys(shares);
  if (sharing.length > 0 && fairness !== "proportion") {
    problems.push({
      path: `${path}.shares`,
      message: `shares are weights of queues, which have no effect with fairness ${fairness}; take fairness proportion`,
    });
  }
  if (policy.accounts !== undefined && fairness !== "proportion") {
    problems.push({
      path: `${path}.accounts`,
      message: `accounts have queues with weights, which have no effect with fairness ${fairness}; take fairness proportion`,
    });
  }
  if (preemption.type === "reclaim" && fairness !== "proportion") {
    problems.push({
      path: `${path}.preemption.type`,
      message: `reclaim takes from queues over their share, which fairness ${fairness} does not know; take fairness proportion`,
    });
  }
  if (preemption.type === "priority") {
    if (fairness === "proportion") {
      problems.push({
        path: `${path}.preemption.type`,
        message:
          "Volcano preempts by priority within a queue only, and with fairness proportion each user has a queue; take reclaim, or another fairness",
      });
    }
    problems.push(...unknownUsers(spec, preemption.users, `${path}.preemption.users`));
  }
  problems.push(...unknownUsers(spec, sharing, `${path}.shares`));
  return [...problems, ...sizeProblems(spec)];
}

function sizeProblems({ topology }: ExperimentSpec): Problem[] {
  const prefix = parseCidr(topology.network.cidr)?.prefix;
  const problem = (path: string, shape: NodeShape, leastMiB: number): Problem[] => {
    if (hardwareProfile(topology, shape.profile) === undefined) return [];
    const { memoryMiB, vcpus } = nodeSize(topology, shape);
    const problems: Problem[] = [];
    if (memoryMiB < leastMiB) {
      problems.push({
        path: `${path}.memory`,
        message: `expected at least ${leastMiB}MiB for Kubernetes, got ${memoryMiB}MiB`,
      });
    }
    if (prefix !== undefined && vcpus > podsPerNode(prefix)) {
      problems.push({
        path: "topology.network.cidr",
        message: `/${prefix} leaves ${podsPerNode(prefix)} pod addresses a node, ${path} has ${vcpus} cores; take a longer prefix`,
      });
    }
    return problems;
  };
  return [
    ...problem("topology.controller", topology.controller, leastControllerMiB),
    ...problem("topology.nodes", topology.nodes, leastNodeMiB),
    ...Object.entries(topology.pools).flatMap(([name, pool]) =>
      problem(`topology.pools.${name}`, pool, leastNodeMiB),
    ),
  ];
}
