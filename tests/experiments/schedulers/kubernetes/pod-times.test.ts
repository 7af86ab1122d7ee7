import { describe, expect, test } from "vitest";
import type { Pod } from "../../../../experiments/schedulers/kubernetes/objects";
import { kwokTimes } from "../../../../experiments/schedulers/kubernetes/pod-times";
import { at, ended, moment, type PodState, pod, settled, tracked, vcJob } from "./tracker-fixture";

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
