import { boundAt, type Pod, termination } from "./objects";

/** Milliseconds. */
interface Seen {
  readonly at: number;
  /** Where this one is coarser than the capabilities say. */
  readonly resolutionMs?: number;
}

/** When a job began and ended, by its main pod; null where the pod does not say. */
export interface PodTimes {
  readonly start: (pod: Pod) => Seen | null;
  readonly end: (pod: Pod) => Seen | null;
  /** Of a moment that another object tells, in whole seconds. */
  readonly ofOthers: Pick<Seen, "resolutionMs">;
}

const seen = (at: number | null | undefined): Seen | null => (at == null ? null : { at });

/** The scheduler's binding, and the end of the container as kubelet saw it; whole seconds. */
export const kubeletTimes: PodTimes = {
  start: (pod) => seen(boundAt(pod)),
  end: (pod) => seen(termination(pod)?.finishedAt),
  ofOthers: {},
};

const wholeSeconds = { resolutionMs: 1000 };

/**
 * From the binding, which is in whole seconds, to kwok's start: with more than this, the start was certainly
 * over a second late.
 */
const MOST_LAG_MS = 2000;

/**
 * From when kwok had the pod run, by which it counts the run time, until it had it end; milliseconds. kwok
 * writes "START END REASON" into a running pod's message and "START END" into that of its ended container.
 * Where kwok came late to a pod, its binding counts: the job held its cores from then on, and the audit has to
 * see that for longer than it was asked to.
 */
export const kwokTimes: PodTimes = {
  start(pod) {
    const start = wordOf(termination(pod)?.message ?? pod.status.message, 0);
    const bound = boundAt(pod);
    if (start === null || bound === null || start - bound <= MOST_LAG_MS) return seen(start);
    return { at: bound, ...wholeSeconds };
  },
  end: (pod) => seen(wordOf(termination(pod)?.message, 1)),
  ofOthers: wholeSeconds,
};

function wordOf(message: string | null | undefined, index: number): number | null {
  const at = Date.parse(message?.split(" ")[index] ?? "");
  return Number.isNaN(at) ? null : at;
}
