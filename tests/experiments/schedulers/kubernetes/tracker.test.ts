import { describe, expect, test } from "vitest";
import type { JobOutcome, SchedulerMoment } from "../../../../experiments/schedulers/adapter";
import {
  type Pod,
  podGroupSchema,
  podSchema,
  type VolcanoJob,
  volcanoJobSchema,
} from "../../../../experiments/schedulers/kubernetes/objects";
import { kubeletTimes, kwokTimes } from "../../../../experiments/schedulers/kubernetes/pod-times";
import { JobTracker } from "../../../../experiments/schedulers/kubernetes/tracker";

const runId = "20261121T233000Z-k3f9qa";
const labels = { "schedlab.local/run": runId, "schedlab.local/job": "7" };
const at = (second: number) => `2026-11-22T01:00:${String(second).padStart(2, "0")}Z`;
const ms = (second: number) => Date.parse(at(second));
const moment = (event: string, seconds: number) => ({
  job: 7,
  schedulerJob: "user02/schedlab-20261121t233000z-k3f9qa-7",
  event,
  at: ms(seconds),
});

function vcJob(phase: string, second: number, metadata: object = {}): VolcanoJob {
  return volcanoJobSchema.parse({
    metadata: { name: "job-7", namespace: "user02", labels, creationTimestamp: at(0), ...metadata },
    status: { state: { phase, lastTransitionTime: at(second) } },
  });
}

interface PodState {
  readonly task?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly conditions?: readonly object[];
  readonly terminated?: object;
  readonly metadata?: object;
}

function pod(state: PodState = {}): Pod {
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
    spec: { nodeName: node },
    status: {
      phase,
      reason,
      conditions: [...bound, ...conditions],
      containerStatuses: terminated === undefined ? [] : [{ state: { terminated } }],
    },
  });
}

const group = (second: number) =>
  podGroupSchema.parse({ metadata: { name: "g", labels, creationTimestamp: at(second) } });

const ended = (exitCode: number, more: PodState = {}) =>
  pod({
    node: "node01",
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", finishedAt: at(9) },
    ...more,
  });

function tracked(late: readonly Pod[] = [], times = kubeletTimes) {
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

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a job's moments and its outcome come once, whatever is delivered again", async () => {
  const { tracker, moments, outcomes } = tracked();
  for (let again = 0; again < 2; again++) {
    tracker.job(vcJob("Pending", 0));
    tracker.podGroup(group(1));
    tracker.pod(pod({ node: "node01" }));
    tracker.pod(pod({ task: "worker", node: "node02" }));
    tracker.pod(ended(0));
    tracker.job(vcJob("Completed", 11));
  }
  await settled();
  expect(moments).toEqual([
    moment("submit", 0),
    moment("eligible", 1),
    moment("start", 3),
    moment("end", 9),
  ]);
  expect(outcomes).toEqual([
    {
      job: 7,
      schedulerJob: "user02/job-7",
      state: "completed",
      detail: "Completed",
      exitCode: 0,
      nodes: ["node01", "node02"],
      allocatedCores: 2,
    },
  ]);
});

test("the pods are asked for when the job's end comes before theirs", async () => {
  const { tracker, moments, outcomes } = tracked([ended(3)]);
  tracker.job(vcJob("Failed", 11));
  expect(outcomes).toEqual([]);
  await settled();
  expect(outcomes).toMatchObject([{ state: "failed", exitCode: 3, detail: "Failed: Error" }]);
  expect(moments.at(-1)).toEqual(moment("end", 9));
});

test("a job goes back to the queue without an outcome, and starts again", async () => {
  const { tracker, moments, outcomes } = tracked();
  tracker.job(vcJob("Running", 4));
  tracker.podGroup(group(1));
  tracker.pod(pod({ node: "node01" }));
  tracker.job(vcJob("Restarting", 5));
  tracker.podGroup(group(6));
  const again = { type: "PodScheduled", status: "True", lastTransitionTime: at(8) };
  tracker.pod(
    podSchema.parse({ ...pod(), spec: { nodeName: "node02" }, status: { conditions: [again] } }),
  );
  await settled();
  expect(outcomes).toEqual([]);
  expect(moments.map(({ event, at: time }) => [event, time])).toEqual([
    ["submit", ms(0)],
    ["eligible", ms(1)],
    ["start", ms(3)],
    ["start", ms(8)],
  ]);
});

test("an attempt that ended with a node that was taken away ended when it was", () => {
  const { tracker, moments } = tracked();
  const conditions = [
    { type: "DisruptionTarget", status: "True", reason: "NodeLeft", lastTransitionTime: at(6) },
  ];
  tracker.pod(pod({ node: "node01", conditions, metadata: { uid: "first" } }));
  tracker.pod(pod({ metadata: { uid: "second" } }));
  expect(moments).toContainEqual({ ...moment("end", 6), former: true });
});

test("a job that is deleted is cancelled, with the nodes it had", () => {
  const { tracker, outcomes, moments } = tracked();
  tracker.job(vcJob("Running", 4));
  tracker.pod(pod({ node: "node01" }));
  const deletionTimestamp = at(7);
  tracker.jobGone(vcJob("Running", 4, { deletionTimestamp }));
  expect(outcomes).toMatchObject([{ state: "cancelled", detail: "Deleted", nodes: ["node01"] }]);
  expect(moments.at(-1)).toEqual(moment("end", 7));
});

test("a finished job that is forgotten later has its outcome already", async () => {
  const { tracker, outcomes } = tracked();
  tracker.pod(ended(0));
  tracker.job(vcJob("Completed", 11));
  tracker.jobGone(vcJob("Completed", 11));
  await settled();
  expect(outcomes).toMatchObject([{ state: "completed" }]);
});

test("nothing is told of a job that has its outcome, whatever comes late", async () => {
  const { tracker, moments, outcomes } = tracked();
  tracker.pod(ended(0));
  tracker.job(vcJob("Completed", 11));
  const told = moments.length;
  tracker.pod(pod({ task: "worker", node: "node02", metadata: { deletionTimestamp: at(12) } }));
  tracker.podGroup(group(13));
  await settled();
  expect([moments.length, outcomes.length]).toEqual([told, 1]);
});

describe("kwok's times", () => {
  const start = "2026-11-22T01:00:03.250Z";
  const end = "2026-11-22T01:00:08.751Z";
  const of = (state: PodState, message?: string): Pod => {
    const made = pod({ node: "node01-0001", ...state });
    return { ...made, status: { ...made.status, ...(message === undefined ? {} : { message }) } };
  };
  const running = of({}, `${start} 2026-11-22T01:00:08.750Z itself`);
  const done = { exitCode: 0, reason: "Completed", finishedAt: at(8), message: `${start} ${end}` };

  test("are in milliseconds, from the pod's start to its end", async () => {
    const { tracker, moments } = tracked([], kwokTimes);
    tracker.pod(of({ phase: "Pending" }));
    tracker.pod(running);
    tracker.pod(of({ phase: "Succeeded", terminated: done }, ""));
    tracker.job(vcJob("Completed", 9));
    await settled();
    expect(moments.filter(({ event }) => event !== "submit")).toEqual([
      { ...moment("start", 0), at: Date.parse(start) },
      { ...moment("end", 0), at: Date.parse(end) },
    ]);
  });

  test("say that an end is coarser which only the job tells", () => {
    const { tracker, moments } = tracked([], kwokTimes);
    tracker.pod(running);
    tracker.jobGone(vcJob("Running", 4, { deletionTimestamp: at(7) }));
    expect(moments.at(-1)).toEqual({ ...moment("end", 7), resolutionMs: 1000 });
  });

  test("count from the binding where kwok came late to the pod", () => {
    const started = (late: string) => {
      const { tracker, moments } = tracked([], kwokTimes);
      tracker.pod(of({}, `${late} 2026-11-22T01:00:09.000Z itself`));
      return moments;
    };
    expect(started("2026-11-22T01:00:05.000Z")).toEqual([
      { ...moment("start", 0), at: Date.parse("2026-11-22T01:00:05.000Z") },
    ]);
    expect(started("2026-11-22T01:00:05.001Z")).toEqual([
      { ...moment("start", 3), resolutionMs: 1000 },
    ]);
  });

  test("are missed in no pod that kubelet ran", () => {
    expect(kwokTimes.start(ended(0))).toBeNull();
    expect(kwokTimes.end(ended(0))).toBeNull();
  });
});

test("other runs' objects and strangers are passed over", () => {
  const { tracker, moments, outcomes } = tracked();
  tracker.job(vcJob("Completed", 4, { labels: { ...labels, "schedlab.local/run": "other" } }));
  tracker.job(vcJob("Completed", 4, { labels: {} }));
  expect([moments, outcomes]).toEqual([[], []]);
});

describe("the end of a job is", () => {
  const disrupted = (reason: string) => [{ type: "DisruptionTarget", status: "True", reason }];
  const killed = { exitCode: 137, reason: "Error", finishedAt: at(9) };
  const cases: [string, string, Pod[], JobOutcome["state"], string][] = [
    [
      "over its limit",
      "Terminated",
      [ended(143, { reason: "DeadlineExceeded" }), pod({ task: "worker", node: "node02" })],
      "timeout",
      "Terminated: DeadlineExceeded",
    ],
    [
      "without memory, in whichever pod",
      "Terminated",
      [
        pod({ node: "node01", terminated: killed, metadata: { deletionTimestamp: at(8) } }),
        pod({ task: "worker", phase: "Failed", terminated: { ...killed, reason: "OOMKilled" } }),
      ],
      "out-of-memory",
      "Terminated: OOMKilled",
    ],
    [
      "preempted",
      "Terminated",
      [pod({ node: "node01", conditions: disrupted("PreemptionByScheduler") })],
      "preempted",
      "Terminated: PreemptionByScheduler",
    ],
    [
      "with its node",
      "Terminated",
      [pod({ node: "node01" }), pod({ task: "worker", conditions: disrupted("DeletionByPodGC") })],
      "node-failed",
      "Terminated: DeletionByPodGC",
    ],
    [
      "with a node that this harness took away",
      "Terminated",
      [pod({ node: "node01", conditions: disrupted("NodeLeft") })],
      "node-failed",
      "Terminated: NodeLeft",
    ],
    [
      "its own, though kubelet came to it after its limit",
      "Failed",
      [ended(0, { phase: "Failed", reason: "DeadlineExceeded" })],
      "completed",
      "Failed: Completed",
    ],
    ["failed by its own code", "Failed", [ended(3)], "failed", "Failed: Error"],
    ["aborted by hand", "Aborted", [], "cancelled", "Aborted"],
    ["unexplained", "Terminated", [], "failed", "Terminated"],
  ];
  test.each(cases)("%s", async (_, phase, pods, state, detail) => {
    const { tracker, outcomes } = tracked();
    for (const each of pods) tracker.pod(each);
    tracker.job(vcJob(phase, 11));
    await settled();
    expect(outcomes).toMatchObject([{ state, detail }]);
  });
});
