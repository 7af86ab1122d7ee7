import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReleaseQueue, type Timed } from "../../../experiments/run/release-queue";
import { replay, steadyNow } from "../../../experiments/run/replay";

const schedule = { startAt: 1000, factor: 1 };
const native = { native: () => true };

/** What is due at this moment, in milliseconds, with the due times. */
function take(queue: ReleaseQueue<Timed>, now: number): string[] {
  const taken: string[] = [];
  for (let due = queue.take(now); due !== undefined; due = queue.take(now)) {
    taken.push(`${due.job.id}@${due.dueAt}`);
  }
  return taken;
}

const well = (at: number, learntAt = at) => ({ at, learntAt, well: true });
const badly = (at: number) => ({ at, learntAt: at, well: false });

describe("a job that follows another", () => {
  const jobs: Timed[] = [
    { id: 1, submitSeconds: 0 },
    { id: 2, submitSeconds: 5, previous: { job: 1, thinkSeconds: 2 } },
  ];

  test("is due a think time after the other's end, and no earlier than that is known", () => {
    const queue = new ReleaseQueue(jobs, schedule);
    expect(take(queue, 1000)).toEqual(["1@1000"]);
    expect(queue.nextAt()).toBe(Number.POSITIVE_INFINITY);
    queue.ended(1, well(4000, 4500));
    expect(take(queue, 5999)).toEqual([]);
    expect(take(queue, 6000)).toEqual(["2@6000"]);
    const late = new ReleaseQueue(jobs, schedule);
    take(late, 1000);
    late.ended(1, well(4000, 7000));
    expect(take(late, 7000)).toEqual(["2@7000"]);
  });

  test("follows it too where it failed, or was never submitted", () => {
    const queue = new ReleaseQueue(jobs, schedule);
    queue.ended(1, badly(3000));
    expect(take(queue, 9000)).toEqual(["1@1000", "2@5000"]);
  });

  test("thinks in seconds of the jobs, which pass faster on a faster clock", () => {
    const queue = new ReleaseQueue(jobs, { startAt: 1000, factor: 10 });
    queue.ended(1, well(4000));
    expect(take(queue, 4200)).toEqual(["1@1000", "2@4200"]);
  });

  test("tells when it is due as soon as that is known", () => {
    const told: string[] = [];
    const onDue = ({ id }: Timed, dueAt: number) => told.push(`${id}@${dueAt}`);
    const queue = new ReleaseQueue(jobs, schedule, { onDue });
    queue.ended(1, well(4000));
    expect(told).toEqual(["2@6000"]);
  });

  test("is among the last that are due, by the shortest way there", () => {
    const queue = new ReleaseQueue<Timed>(
      jobs.map((job) => ({ ...job, runSeconds: 3 })),
      schedule,
    );
    expect(queue.lastDueAt()).toBe(6000);
    take(queue, 1000);
    queue.ended(1, well(9000));
    expect(queue.lastDueAt()).toBe(11_000);
  });
});

describe("a job that depends on others", () => {
  const jobs: Timed[] = [
    { id: 1, submitSeconds: 0 },
    { id: 2, submitSeconds: 0 },
    {
      id: 3,
      submitSeconds: 1,
      after: [
        { type: "afterok", job: 1 },
        { type: "afterany", job: 2 },
      ],
    },
    { id: 4, submitSeconds: 2, after: [{ type: "afterok", job: 3 }] },
  ];

  test("is held back until all of them have ended, and due when the last end is known", () => {
    const queue = new ReleaseQueue(jobs, schedule);
    expect(take(queue, 5000)).toEqual(["1@1000", "2@1000"]);
    queue.ended(2, badly(5000));
    expect(take(queue, 6000)).toEqual([]);
    queue.ended(1, well(5500, 6000));
    expect(take(queue, 6000)).toEqual(["3@6000"]);
  });

  test("is due at its time in the schedule where the scheduler lets it wait, but needs their numbers", () => {
    const queue = new ReleaseQueue(jobs, schedule, native);
    expect(take(queue, 2500)).toEqual(["1@1000", "2@1000"]);
    queue.accepted(1);
    queue.accepted(1);
    expect(take(queue, 2500)).toEqual([]);
    queue.accepted(2);
    expect(take(queue, 2600)).toEqual(["3@2000"]);
    queue.ended(1, badly(2700));
    // It is the scheduler's now.
    expect(queue.takeHopeless()).toEqual([]);
  });

  test("is given up where one that has to end well did not, and so are those that depend on it", () => {
    for (const rules of [{}, native]) {
      const queue = new ReleaseQueue(jobs, schedule, rules);
      take(queue, 1000);
      queue.ended(1, badly(1500));
      const [lost] = queue.takeHopeless();
      expect(lost).toEqual({
        job: jobs[2],
        why: "job 1, on which it depends, did not complete",
      });
      queue.ended(3, badly(1500));
      expect(queue.takeHopeless().map(({ job }) => job.id)).toEqual([4]);
      expect(queue.left).toBe(0);
    }
  });
});

describe("the tasks of an array", () => {
  const array = (task: number, submitSeconds = 0): Timed => ({
    id: task,
    submitSeconds,
    array: { array: 1, task, limit: 2 },
  });

  test("are held back while as many as may be are in the scheduler", () => {
    const queue = new ReleaseQueue(
      [1, 2, 3, 4].map((task) => array(task)),
      schedule,
    );
    expect(take(queue, 1000)).toEqual(["1@1000", "2@1000"]);
    queue.ended(2, badly(3000));
    expect(take(queue, 3000)).toEqual(["3@3000"]);
    queue.ended(1, well(3500, 4000));
    queue.ended(1, well(3500, 4000));
    expect(take(queue, 4000)).toEqual(["4@4000"]);
  });

  test("have no place while they wait for something else", () => {
    const waits = { ...array(1), after: [{ type: "afterok" as const, job: 9 }] };
    const queue = new ReleaseQueue(
      [waits, array(2), array(3), { id: 9, submitSeconds: 0 }],
      schedule,
      native,
    );
    expect(take(queue, 1000)).toEqual(["2@1000", "3@1000", "9@1000"]);
  });
});

const jobs = fc
  .array(
    fc.record({
      after: fc.integer({ min: 0, max: 3 }),
      run: fc.integer({ min: 1, max: 30 }),
      fails: fc.boolean(),
      waitsFor: fc.option(fc.tuple(fc.nat(), fc.constantFrom("afterok", "afterany"))),
      follows: fc.option(fc.tuple(fc.nat(), fc.nat({ max: 5 }))),
      array: fc.option(fc.integer({ min: 1, max: 2 })),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((drawn) => {
    let submitSeconds = 0;
    return drawn.map(({ after, run, fails, waitsFor, follows, array }, index) => {
      submitSeconds += after;
      const earlier = (place: number) => (place % Math.max(1, index)) + 1;
      const job: Timed = {
        id: index + 1,
        submitSeconds,
        runSeconds: run,
        ...(waitsFor !== null && index > 0
          ? { after: [{ type: waitsFor[1] as "afterok", job: earlier(waitsFor[0]) }] }
          : {}),
        ...(follows !== null && index > 0
          ? { previous: { job: earlier(follows[0]), thinkSeconds: follows[1] } }
          : {}),
        ...(array === null ? {} : { array: { array, task: index, limit: array } }),
      };
      return { job, fails };
    });
  });

/** A scheduler without a queue: jobs run at once, or, natively, once those that they depend on have ended. */
function simulated(drawn: readonly { job: Timed; fails: boolean }[], isNative: boolean) {
  const all = drawn.map(({ job }) => job);
  const queue = new ReleaseQueue(all, { startAt: 0, factor: 1 }, { native: () => isNative });
  const ends = new Map<number, { at: number; well: boolean }>();
  const starts = new Map<number, number>();
  const waiting = new Set<Timed>();
  for (let now = 0; now < 4_000_000 && (queue.left > 0 || waiting.size > 0 || running(now)); ) {
    for (const [id, { at, well }] of ends) {
      if (at <= now) queue.ended(id, { at, learntAt: now, well });
    }
    for (const { job } of queue.takeHopeless()) ends.set(job.id, { at: now, well: false });
    for (let due = queue.take(now); due !== undefined; due = queue.take(now)) {
      queue.accepted(due.job.id);
      waiting.add(due.job);
    }
    for (const job of waiting) {
      const before = (job.after ?? []).map(({ job: id }) => ends.get(id));
      if (before.some((end) => end === undefined || end.at > now)) continue;
      waiting.delete(job);
      const unmet = (job.after ?? []).some(
        ({ type, job: id }) => type === "afterok" && ends.get(id)?.well !== true,
      );
      if (unmet) {
        ends.set(job.id, { at: now, well: false });
        continue;
      }
      starts.set(job.id, now);
      const { fails } = drawn[job.id - 1] ?? { fails: false };
      ends.set(job.id, { at: now + (job.runSeconds ?? 0) * 1000, well: !fails });
    }
    now += 500;
  }
  function running(now: number): boolean {
    return [...ends.values()].some(({ at }) => at > now);
  }
  return { starts, ends, left: queue.left };
}

test.each([true, false])(
  "every job starts after what it waits for, or never, and none is left (by the scheduler: %s)",
  (isNative) => {
    fc.assert(
      fc.property(jobs, (drawn) => {
        const { starts, ends, left } = simulated(drawn, isNative);
        expect(left).toBe(0);
        for (const { job } of drawn) {
          const start = starts.get(job.id);
          const bad = (job.after ?? []).some(
            ({ type, job: id }) => type === "afterok" && ends.get(id)?.well !== true,
          );
          expect(start === undefined).toBe(bad);
          if (start === undefined) continue;
          for (const { job: id } of job.after ?? []) {
            expect(start).toBeGreaterThanOrEqual(ends.get(id)?.at ?? 0);
          }
          const { previous } = job;
          if (previous === undefined) continue;
          const end = ends.get(previous.job)?.at ?? 0;
          expect(start).toBeGreaterThanOrEqual(end + previous.thinkSeconds * 1000);
        }
        for (const { job } of drawn) {
          const { array } = job;
          const start = starts.get(job.id);
          if (array?.limit === undefined || start === undefined) continue;
          const beside = drawn.filter(({ job: other }) => {
            const [from, to] = [starts.get(other.id) ?? Infinity, ends.get(other.id)?.at ?? 0];
            return other.array?.array === array.array && from <= start && to > start;
          });
          expect(beside.length).toBeLessThanOrEqual(array.limit);
        }
      }),
    );
  },
);

test("a replay lets a job go as soon as the one that it waits for has ended, and gives up the hopeless", async () => {
  const all: Timed[] = [
    { id: 1, submitSeconds: 0 },
    { id: 2, submitSeconds: 0, after: [{ type: "afterok", job: 1 }] },
    { id: 3, submitSeconds: 0, previous: { job: 2, thinkSeconds: 0.02 } },
    { id: 4, submitSeconds: 0, after: [{ type: "afterok", job: 3 }] },
    { id: 5, submitSeconds: 0, after: [{ type: "afterok", job: 4 }] },
  ];
  const queue = new ReleaseQueue(all, { startAt: steadyNow(), factor: 1 });
  const end = (id: number, ok: boolean) => {
    const now = steadyNow();
    queue.ended(id, { at: now, learntAt: now, well: ok });
  };
  const gone: string[] = [];
  const releases = await replay(
    queue,
    {
      release: ({ job }) => setTimeout(() => end(job.id, job.id < 3), 10),
      giveUp: (job, why) => {
        gone.push(`${job.id}: ${why}`);
        end(job.id, false);
      },
    },
    new AbortController().signal,
  );
  expect(releases.map(({ job }) => job)).toEqual([1, 2, 3]);
  expect((releases[2]?.releasedAt ?? 0) - (releases[1]?.releasedAt ?? 0)).toBeGreaterThan(28);
  for (const { dueAt, releasedAt } of releases) expect(releasedAt).toBeGreaterThanOrEqual(dueAt);
  expect(gone).toEqual([
    "4: job 3, on which it depends, did not complete",
    "5: job 4, on which it depends, did not complete",
  ]);
});
