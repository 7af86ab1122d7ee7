import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { JobRequest } from "../adapter";
import { priorityClass, queueOf } from "./asks";
import { emulatedPodTemplate } from "./emulated-pods";
import type { ManifestContext } from "./manifest-context";
import { sshPlugin } from "./mpi";
import { jobLabel, mainTask, objectName, runLabel } from "./names";
import { podCount, podsOf, podTemplate } from "./pods";

/** As long as Slurm remembers a job (MinJobAge). */
const rememberSeconds = 600;
/**
 * With many jobs, Volcano's controllers are slow with those that have ended. A watch is taken up again within
 * two minutes, and has to find what ended meanwhile.
 */
const rememberEmulatedSeconds = 180;
/** A job that goes back to the queue does so as often as it has to; Volcano wants a number. */
const retries = 1000;

interface Policy {
  readonly event: "PodFailed" | "PodEvicted" | "TaskCompleted";
  readonly action: "TerminateJob" | "CompleteJob" | "RestartJob";
}

/** A Volcano Job, as far as we use it. */
export interface JobManifest {
  readonly apiVersion: "batch.volcano.sh/v1alpha1";
  readonly kind: "Job";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly schedulerName: string;
    readonly queue: string;
    readonly priorityClassName: string;
    readonly minAvailable: number;
    readonly maxRetry: number;
    readonly ttlSecondsAfterFinished: number;
    readonly networkTopology?: { readonly mode: "soft" };
    readonly policies: readonly Policy[];
    readonly plugins?: Readonly<Record<string, readonly string[]>>;
    readonly tasks: readonly {
      readonly name: string;
      readonly replicas: number;
      readonly policies?: readonly Policy[];
      readonly template: V1PodTemplateSpec;
    }[];
  };
}

/**
 * The Volcano Job for a job of N cores: a gang of N pods of one core, or of a pod for each of its nodes where it
 * says how many they are. One of them runs the wrapper. The job ends as that pod ends; a pod that fails or is taken away ends it too, or sends it back to the
 * queue where preempted jobs go, or those of a node that leaves.
 */
export function jobManifest(request: JobRequest, context: ManifestContext): JobManifest {
  const { job, body } = request;
  const { policy } = context;
  const requeue = policy.preemption.type !== "off" || context.requeues(job);
  const kinds = podsOf(job);
  const pods = podCount(kinds);
  const alone = pods === 1;
  return {
    apiVersion: "batch.volcano.sh/v1alpha1",
    kind: "Job",
    metadata: {
      name: objectName(context.runId, job.id),
      namespace: context.namespace,
      labels: { [runLabel]: context.runId, [jobLabel]: String(job.id) },
    },
    spec: {
      schedulerName: "volcano",
      queue: queueOf(policy, job),
      priorityClassName: priorityClass(policy, job),
      minAvailable: pods,
      maxRetry: requeue ? retries : 1,
      ttlSecondsAfterFinished: context.emulated ? rememberEmulatedSeconds : rememberSeconds,
      // As near to each other as possible, and otherwise all the same, which is what Slurm does.
      ...(context.switches && !alone ? { networkTopology: { mode: "soft" } as const } : {}),
      policies: [
        // A job of one pod ends as that ends, without further calls of the API server.
        ...(alone ? [] : [{ event: "PodFailed", action: "TerminateJob" } as const]),
        { event: "PodEvicted", action: requeue ? "RestartJob" : "TerminateJob" },
      ],
      ...(body.kind === "mpi" && !alone ? { plugins: sshPlugin } : {}),
      tasks: kinds.map((kind) => ({
        name: kind.name,
        replicas: kind.replicas,
        ...(kind.name === mainTask && !alone
          ? { policies: [{ event: "TaskCompleted", action: "CompleteJob" } as const] }
          : {}),
        template: context.emulated
          ? emulatedPodTemplate(request, kind, context)
          : podTemplate(request, kind, context),
      })),
    },
  };
}
