import { expect, test } from "vitest";
import type { ReplayWorkload } from "../../spec/workload";
import { workloadSchema } from "../../spec/workload";
import type { JobAsks } from "../../workloads/asks";
import { mixedWorkload } from "../../workloads/mixed";
import { ordersOf } from "../../workloads/orders";
import type { LogJob } from "../../workloads/swf/log";
import { oneCoreJob } from "../experiments/one-core-job";

const trace = (change: object = {}) =>
  workloadSchema.parse({ kind: "trace", file: "log.swf", ...change }) as ReplayWorkload;

/** Fields that do not matter here are unknown. */
function job(number: number, asks: JobAsks = {}, change: Partial<LogJob> = {}): LogJob {
  const unknown = { allocated: 1, cpu: -1, memory: -1, requested: 1, estimate: -1 };
  const none = { requestedMemory: -1, status: 1, group: -1, executable: -1, queue: -1 };
  const order = { partition: -1, preceding: -1, think: -1, user: 1 };
  return {
    job: number,
    submit: number,
    wait: 0,
    run: 10,
    ...unknown,
    ...none,
    ...order,
    asks,
    ...change,
  };
}

const after = (...jobs: number[]): JobAsks => ({ dependencies: [{ type: "afterok", jobs }] });

test("dependencies and arrays get our numbers", () => {
  const { orders, notes } = ordersOf(
    [
      job(70, { array: { array: 70, task: 0 } }),
      job(71, { array: { array: 70, task: 1, limit: 1 } }),
      job(80, { ...after(70, 71, 71), array: { array: 80, task: 4, limit: 2 } }),
      job(90, { dependencies: [{ type: "afterany", jobs: [80] }] }),
    ],
    trace(),
  );
  expect(orders).toEqual([
    { array: { array: 1, task: 0 } },
    { array: { array: 1, task: 1, limit: 1 } },
    {
      after: [
        { type: "afterok", job: 1 },
        { type: "afterok", job: 2 },
      ],
      array: { array: 2, task: 4, limit: 2 },
    },
    { after: [{ type: "afterany", job: 3 }] },
  ]);
  expect(notes).toEqual([]);
});

test("a dependency on a job that is not replayed is left out and counted", () => {
  const { orders, notes } = ordersOf([job(1), job(2, after(1, 9)), job(3, after(9))], trace());
  expect(orders).toEqual([{}, { after: [{ type: "afterok", job: 1 }] }, {}]);
  expect(notes).toEqual([
    "2 dependencies of the trace are left out: on jobs that are not replayed",
  ]);
});

test("a job that waits for itself, for a later one, or in a circle is refused", () => {
  expect(() => ordersOf([job(1, after(1))], trace())).toThrow(
    "job 1 of the trace depends on itself",
  );
  expect(() => ordersOf([job(1, after(2)), job(2)], trace())).toThrow("job 2, a later one");
  const same = { submit: 5 };
  // Of one submit time, their order in the log says nothing.
  expect(ordersOf([job(1, after(2), same), job(2, {}, same)], trace()).orders[0]).toEqual({
    after: [{ type: "afterok", job: 2 }],
  });
  const circle = [job(1, after(2), same), job(2, after(3), same), job(3, after(1), same)];
  expect(() => ordersOf(circle, trace())).toThrow("depends on one that waits for it");
});

test("in a resample, what was moved before the job that it waits for waits for it no longer", () => {
  const shaken = trace({ resample: { method: "shake", number: 1 } });
  const moved = ordersOf([job(2, after(1)), job(1, {}, { submit: 9 })], shaken);
  expect(moved.orders).toEqual([{}, {}]);
  expect(moved.notes).toEqual([
    "1 dependencies of the trace are left out: on jobs that come later in the resample",
  ]);
  const twice = ordersOf([job(1), job(1), job(2, after(1))], trace({ resample: 1 }));
  expect(twice.notes).toEqual([
    "1 dependencies of the trace are left out: on jobs that are there several times in the resample",
  ]);
});

test("think times go with the other times", () => {
  const records = [job(1), job(41)];
  const { orders } = ordersOf(records, trace({ feedback: "sessions", timeFactor: 0.1 }));
  expect(orders[1]).toEqual({ previous: { job: 1, thinkSeconds: 3 } });
  expect(ordersOf(records, trace()).orders).toEqual([{}, {}]);
});

test("a mixture gives the numbers of each component's jobs and arrays their own place", async () => {
  const workload = workloadSchema.parse({
    kind: "mixed",
    jobs: 4,
    components: { a: { kind: "trace", share: 0.5 }, b: { kind: "poisson", share: 0.5 } },
  });
  if (workload.kind !== "mixed") throw new Error("no mixture");
  const array = { array: 1, task: 0 };
  const jobs = [
    oneCoreJob({ array }),
    oneCoreJob({
      id: 2,
      submitSeconds: 5,
      after: [{ type: "afterok", job: 1 }],
      previous: { job: 1, thinkSeconds: 2 },
    }),
  ];
  const { jobs: mixed } = await mixedWorkload(workload, async () => ({
    jobs,
    tasks: jobs.map(() => ({ kind: "sleep" })),
    trace: null,
    notes: [],
  }));
  expect(mixed.map(({ id, after, array, previous }) => ({ id, after, array, previous }))).toEqual([
    { id: 1, after: undefined, array: { array: 1, task: 0 }, previous: undefined },
    { id: 2, after: undefined, array: { array: 2, task: 0 }, previous: undefined },
    {
      id: 3,
      after: [{ type: "afterok", job: 1 }],
      array: undefined,
      previous: { job: 1, thinkSeconds: 2 },
    },
    {
      id: 4,
      after: [{ type: "afterok", job: 2 }],
      array: undefined,
      previous: { job: 2, thinkSeconds: 2 },
    },
  ]);
});
