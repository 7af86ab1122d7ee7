import type { JobOutcome, SchedulerMoment } from "../../../../experiments/schedulers/adapter";
import {
  type Pod,
  podGroupSchema,
  podSchema,
  type VolcanoJob,
  volcanoJobSchema,
} from "../../../../experiments/schedulers/kubernetes/objects";
import { kubeletTimes } from "../../../../experiments/schedulers/kubernetes/pod-times";
import { JobTracker } from "../../../../experiments/schedulers/kubernetes/tracker";

/** Objects of one job as the API server tells of them, and a tracker that notes what it makes of them. */

const runId = "20261121T233000Z-k3f9qa";
export const labels = { "schedlab.local/run": runId, "schedlab.local/job": "7" };
export const at = (second: number) => `2026-11-22T01:00:${String(second).padStart(2, "0")}Z`;
export const ms = (second: number) => Date.parse(at(second));
export const moment = (event: string, seconds: number) => ({
  job: 7,
  schedulerJob: "user02/schedlab-20261121t233000z-k3f9qa-7",
  event,
  at: ms(seconds),
});

export function vcJob(phase: string, second: number, metadata: object = {}): VolcanoJob {
  return volcanoJobSchema.parse({
    metadata: { name: "job-7", namespace: "user02", labels, creationTimestamp: at(0), ...metadata },
    status: { state: { phase, lastTransitionTime: at(second) } },
  });
}

export interface PodState {
  readonly task?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly conditions?: readonly object[];
  readonly terminated?: object;
  readonly metadata?: object;
  /** Cores that it asks for. */
  readonly cpu?: string;
}

export function pod(state: PodState = {}): Pod {
  const { task = "main", node, conditions = [], terminated, phase = "Running", reason } = state;
  const bound =
    node === undefined ? [] : [{ type: "PodScheduled", status: "True", lastTransitionTime: at(3) }];
  return podSchema.parse({
    metadata: {
      name: `job-7-${task}-0`,
      namespace: "user02",
      labels: { ...labels, "volcano.sh/task-spec": task.replace(/\d/, "") },
      ...state.metadata,
    },
    spec: {
      nodeName: node,
      ...(state.cpu === undefined
        ? {}
        : { containers: [{ resources: { requests: { cpu: state.cpu } } }] }),
    },
    status: {
      phase,
      reason,
      conditions: [...bound, ...conditions],
      containerStatuses: terminated === undefined ? [] : [{ state: { terminated } }],
    },
  });
}

export const group = (second: number) =>
  podGroupSchema.parse({ metadata: { name: "g", labels, creationTimestamp: at(second) } });

export const ended = (exitCode: number, more: PodState = {}) =>
  pod({
    node: "node01",
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", finishedAt: at(9) },
    ...more,
  });

export function tracked(late: readonly Pod[] = [], times = kubeletTimes) {
  const moments: SchedulerMoment[] = [];
  const outcomes: JobOutcome[] = [];
  const warnings: string[] = [];
  const tracker = new JobTracker({
    runId,
    observer: {
      moment: (moment) => moments.push(moment),
      outcome: (outcome) => outcomes.push(outcome),
      warning: (message) => warnings.push(message),
    },
    times,
    podsOf: async () => [...late],
  });
  return { tracker, moments, outcomes, warnings };
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
