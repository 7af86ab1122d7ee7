import { boundAt, type Pod, termination } from "./objects";

/** When a job began and ended, by its main pod; milliseconds, null where the pod does not say. */
export interface PodTimes {
  readonly start: (pod: Pod) => number | null;
  readonly end: (pod: Pod) => number | null;
  /** Of a moment that another object tells, in whole seconds. */
  readonly ofOthers: { readonly resolutionMs?: number };
}

/** The scheduler's binding, and the end of the container as kubelet saw it; whole seconds. */
export const kubeletTimes: PodTimes = {
  start: boundAt,
  end: (pod) => termination(pod)?.finishedAt ?? null,
  ofOthers: {},
};

/**
 * From when kwok had the pod run, by which it counts the run time, until it had it end; milliseconds. kwok
 * writes "START END REASON" into a running pod's message and "START END" into that of its ended container.
 */
export const kwokTimes: PodTimes = {
  start: (pod) => wordOf(termination(pod)?.message ?? pod.status.message, 0),
  end: (pod) => wordOf(termination(pod)?.message, 1),
  ofOthers: { resolutionMs: 1000 },
};

function wordOf(message: string | null | undefined, index: number): number | null {
  const at = Date.parse(message?.split(" ")[index] ?? "");
  return Number.isNaN(at) ? null : at;
}
