import { z } from "zod";

/**
 * What a run needs of the API server's objects. A watch delivers times as text, the typed client as
 * Date; both become milliseconds. Kubernetes writes whole seconds.
 */
const time = z.coerce.date().transform((date) => date.getTime());

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  uid: z.string().default(""),
  labels: z.record(z.string(), z.string()).default({}),
  creationTimestamp: time.nullish(),
  deletionTimestamp: time.nullish(),
});

export const volcanoJobSchema = z.object({
  metadata,
  status: z
    .object({
      state: z
        .object({ phase: z.string().default(""), lastTransitionTime: time.nullish() })
        .prefault({}),
      /** The phases that the job has been in. */
      conditions: z
        .array(z.object({ status: z.string(), lastTransitionTime: time.nullish() }))
        .default([]),
    })
    .prefault({}),
});
export type VolcanoJob = z.infer<typeof volcanoJobSchema>;

export const podGroupSchema = z.object({ metadata });
export type PodGroup = z.infer<typeof podGroupSchema>;

/** Quantities; of ours, cores are whole. */
const requestsSchema = z.record(z.string(), z.string()).default({});

export const podSchema = z.object({
  metadata,
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z
      .array(z.object({ resources: z.object({ requests: requestsSchema }).prefault({}) }))
      .default([]),
  }),
  status: z
    .object({
      phase: z.string().default("Pending"),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().nullish(),
            lastTransitionTime: time.nullish(),
          }),
        )
        .default([]),
      containerStatuses: z
        .array(
          z.object({
            state: z
              .object({
                terminated: z
                  .object({
                    exitCode: z.int(),
                    reason: z.string().nullish(),
                    message: z.string().nullish(),
                    finishedAt: time.nullish(),
                  })
                  .nullish(),
              })
              .prefault({}),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof podSchema>;

export const nodeSchema = z.object({
  metadata,
  spec: z
    .object({
      unschedulable: z.boolean().optional(),
      taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]),
    })
    .prefault({}),
  status: z
    .object({
      /** What jobs may have, such as `cpu` and extended resources. */
      allocatable: z.record(z.string(), z.string()).default({}),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            message: z.string().optional(),
            /** When kubelet last reported it, on the node's clock. */
            lastHeartbeatTime: time.nullish(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type ClusterNode = z.infer<typeof nodeSchema>;

const finalPhases = new Set(["Completed", "Failed", "Terminated", "Aborted"]);

/** The job will not run again. */
export function isFinal({ status }: VolcanoJob): boolean {
  return finalPhases.has(status.state.phase);
}

/** kubelet's word on whether the node is in order. */
export function readiness({ status }: ClusterNode) {
  return status.conditions.find(({ type }) => type === "Ready");
}

/**
 * It needs its node: its containers run or will, or kubelet has yet to say that they have ended. Without its
 * kubelet a pod that is being taken away stays for most of a minute, and its job cannot be started anew.
 */
export function needsNode({ metadata, status }: Pod): boolean {
  const ended = status.phase === "Succeeded" || status.phase === "Failed";
  return !ended || metadata.deletionTimestamp != null;
}

/** How the pod's only container ended. */
export function termination({ status }: Pod) {
  return status.containerStatuses[0]?.state.terminated ?? null;
}

/** What took the pod away, when something other than its own end did. */
export function disruptionOf({ status }: Pod) {
  return status.conditions.find(
    ({ type, status: holds }) => type === "DisruptionTarget" && holds === "True",
  );
}

/** When the scheduler bound the pod to its node. */
export function boundAt({ status }: Pod): number | null {
  const bound = status.conditions.find(({ type }) => type === "PodScheduled");
  return bound?.status === "True" ? (bound.lastTransitionTime ?? null) : null;
}
