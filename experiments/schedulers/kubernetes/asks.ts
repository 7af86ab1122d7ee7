import type { V1PodSpec } from "@kubernetes/client-node";
import { highestPriority } from "../../../spec/job-attributes";
import { featuresOf } from "../../../spec/node-traits";
import { priorityClassOf, traitLabels } from "../../../spec/schedulers/kubernetes/asks";
import {
  accountQueue,
  type KubernetesPolicy,
  normalPriorityClass,
  partitionLabel,
  userPriorityClass,
  userQueue,
} from "../../../spec/schedulers/kubernetes/policy";
import type { WorkloadJob } from "../../../workloads/job";
import type { ManifestContext } from "./manifest-context";
import { jobLabel, runLabel } from "./names";

const hostLabel = "kubernetes.io/hostname";

/** Which nodes a job's pods may be on, and that those of a job which says its nodes are each on another. */
export function placementOf(
  { id, partition, constraint, gpus, gpuType, nodes = 1 }: WorkloadJob,
  { runId, defaultPartition }: Pick<ManifestContext, "runId" | "defaultPartition">,
): Pick<V1PodSpec, "nodeSelector" | "affinity"> {
  const features = constraint === undefined ? [] : (featuresOf(constraint) ?? []);
  const apart = {
    topologyKey: hostLabel,
    labelSelector: { matchLabels: { [runLabel]: runId, [jobLabel]: String(id) } },
  };
  return {
    nodeSelector: {
      [partitionLabel(partition ?? defaultPartition)]: "true",
      ...traitLabels({ features, ...(gpuType === undefined || gpus === 0 ? {} : { gpuType }) }),
    },
    ...(nodes === 1
      ? {}
      : {
          affinity: {
            podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] },
          },
        }),
  };
}

/** Of users whose jobs preempt, their class says more than the job's priority. */
export function priorityClass(
  policy: KubernetesPolicy,
  { user, priority = highestPriority }: WorkloadJob,
): string {
  const ofUser = userPriorityClass(policy, user);
  return ofUser === normalPriorityClass && priority < highestPriority
    ? priorityClassOf(priority)
    : ofUser;
}

/** Of a job whose account has a queue that one, of others their user's. */
export function queueOf(policy: KubernetesPolicy, { user, account }: WorkloadJob): string {
  return account !== undefined && policy.accounts?.[account] !== undefined
    ? accountQueue(account)
    : userQueue(policy, user);
}
