import { describe, expect, test } from "vitest";
import type { JobOutcome } from "../../../../experiments/schedulers/adapter";
import { type Pod, podSchema } from "../../../../experiments/schedulers/kubernetes/objects";
import {
  at,
  ended,
  group,
  labels,
  moment,
  ms,
  pod,
  settled,
  tracked,
  vcJob,
} from "./tracker-fixture";

test("a job has the cores of all its pods that were on a node", async () => {
  const { tracker, outcomes } = tracked();
  tracker.job(vcJob("Pending", 0));
  tracker.pod(pod({ node: "node01", cpu: "4" }));
  tracker.pod(pod({ task: "worker", node: "node02", cpu: "4" }));
  tracker.pod(pod({ task: "worker2", cpu: "4" }));
  tracker.pod(ended(0, { cpu: "4" }));
  tracker.job(vcJob("Completed", 11));
  await settled();
  expect(outcomes).toMatchObject([{ allocatedCores: 8, nodes: ["node01", "node02"] }]);
});

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
