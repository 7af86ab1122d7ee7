import type { JobOutcome } from "../adapter";
import { mainTask, podTaskLabel, schedulerJobName } from "./names";
import { disruptionOf, type Pod, termination, type VolcanoJob } from "./objects";

type State = JobOutcome["state"];

/** Of the condition DisruptionTarget, where this harness took a node away with pods on it. */
export const leftReason = "NodeLeft";

/** Reasons of the condition DisruptionTarget. */
const disruptions: Readonly<Record<string, State>> = {
  PreemptionByScheduler: "preempted",
  DeletionByTaintManager: "node-failed",
  DeletionByPodGC: "node-failed",
  TerminationByKubelet: "node-failed",
  EvictionByEvictionAPI: "cancelled",
  [leftReason]: "node-failed",
};

/** Reasons of a pod that failed as a whole. */
const podReasons: Readonly<Record<string, State>> = {
  DeadlineExceeded: "timeout",
  Evicted: "node-failed",
  NodeLost: "node-failed",
  NodeShutdown: "node-failed",
  Terminated: "node-failed",
};

interface Cause {
  readonly state: State;
  readonly reason: string;
}

/** Why a pod did not end by itself; null when nothing says so. */
function cause(pod: Pod): Cause | null {
  const { status, metadata } = pod;
  if (status.reason === "DeadlineExceeded" && endedByItself(pod)) return null;
  if (status.reason !== undefined) {
    return { state: podReasons[status.reason] ?? "failed", reason: status.reason };
  }
  const disruption = disruptionOf(pod);
  if (disruption !== undefined) {
    const reason = disruption.reason ?? "DisruptionTarget";
    return { state: disruptions[reason] ?? "failed", reason };
  }
  // A pod that is being taken down is ended by a signal, which says nothing about the job.
  if (metadata.deletionTimestamp == null && termination(pod)?.reason === "OOMKilled") {
    return { state: "out-of-memory", reason: "OOMKilled" };
  }
  return null;
}

/** The exit codes that the wrapper and the kernel give for TERM and KILL. */
const killedCodes: readonly number[] = [128 + 15, 128 + 9];

/** kubelet may find a container past its limit that had ended before, and calls the pod failed. */
function endedByItself(pod: Pod): boolean {
  const ended = termination(pod);
  return ended !== null && !killedCodes.includes(ended.exitCode);
}

export function isMain({ metadata }: Pod): boolean {
  return metadata.labels[podTaskLabel] === mainTask;
}

/** Volcano's final word on a job, explained by what is known of its pods. */
export function outcomeOf(
  number: number,
  job: VolcanoJob,
  pods: readonly Pod[],
  deleted: boolean,
): JobOutcome {
  const mainFirst = pods.toSorted((a, b) => Number(isMain(b)) - Number(isMain(a)));
  const main = mainFirst.find(isMain);
  const { phase } = job.status.state;
  const placed = mainFirst.filter(({ spec }) => spec.nodeName !== undefined);
  const bound = placed.flatMap(({ spec }) => spec.nodeName ?? []);
  const { state, reason } = verdict(phase, mainFirst, deleted);
  return {
    job: number,
    schedulerJob: schedulerJobName(job.metadata.namespace, job.metadata.name),
    state,
    detail: [deleted ? "Deleted" : phase, reason].filter((word) => word !== "").join(": "),
    exitCode: (main === undefined ? null : termination(main))?.exitCode ?? null,
    nodes: [...new Set(bound)],
    allocatedCores: placed.length > 0 ? placed.reduce((sum, pod) => sum + coresOf(pod), 0) : null,
  };
}

/** A pod that does not say it has one core. */
function coresOf({ spec }: Pod): number {
  const sum = spec.containers.reduce(
    (all, { resources }) => all + Number(resources.requests.cpu ?? 0),
    0,
  );
  return Math.max(1, sum);
}

function verdict(phase: string, mainFirst: readonly Pod[], deleted: boolean): Cause {
  if (phase === "Completed") return { state: "completed", reason: "" };
  if (deleted) return { state: "cancelled", reason: "" };
  const causes = mainFirst.flatMap((pod) => cause(pod) ?? []);
  const [first] = causes;
  if (first !== undefined) return first;
  const ended = mainFirst.find(({ status }) => status.phase === "Failed");
  const own = ended === undefined ? null : termination(ended);
  if (own !== null) {
    const reason = own.reason ?? "";
    return own.exitCode === 0 ? { state: "completed", reason } : { state: "failed", reason };
  }
  return { state: phase === "Aborted" ? "cancelled" : "failed", reason: "" };
}
