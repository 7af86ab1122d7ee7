import { expect, test } from "vitest";
import type { JobRecord } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";
import { type Session, sleep, soon } from "./session";

const fails = { kind: "command", command: "sleep 2; exit 3" } as const;

function afterOk(...jobs: readonly WorkloadJob[]) {
  return { after: jobs.map(({ id }) => ({ type: "afterok" as const, job: id })) };
}

/** The part of the contract about jobs that wait for others, whoever it is that lets them wait. */
export function contractOfOrder(started: () => { readonly session: Session }): void {
  const session = () => started().session;

  test(
    "a job starts after those that it depends on, and not at all where one of them failed",
    async () => {
      const first = session().job();
      const failing = session().job();
      const second = session().job(afterOk(first));
      const anyway = session().job({ after: [{ type: "afterany", job: failing.id }] });
      const never = session().job(afterOk(first, failing));
      const neither = session().job(afterOk(never));
      const stranger = session().job({ user: "user02", ...afterOk(first) });
      const records = await session().replay([
        { job: first, body: sleep(3) },
        { job: failing, body: fails },
        ...[second, anyway, never, neither, stranger].map((job) => ({ job, body: sleep(0) })),
      ]);
      const of = ({ id }: WorkloadJob) => records.find(({ job }) => job === id);
      expect(of(first)?.state).toBe("completed");
      expect(of(failing)).toMatchObject({ state: "failed", exitCode: 3 });
      for (const [job, before] of [
        [second, first],
        [anyway, failing],
        [stranger, first],
      ] as const) {
        expect(of(job)?.state, JSON.stringify(of(job))).toBe("completed");
        expect(of(job)?.start?.at).toBeGreaterThanOrEqual(of(before)?.end?.at ?? Infinity);
      }
      for (const job of [never, neither]) {
        expect(of(job)).toMatchObject({
          state: "cancelled",
          detail: expect.stringContaining("on which it depends, did not complete"),
        });
        expect(session().wrapper(job, "start")).toBeUndefined();
      }
    },
    4 * soon,
  );

  test(
    "no more tasks of an array run at once than its limit allows",
    async () => {
      const tasks = [0, 1, 2, 3].map((task) =>
        session().job({ array: { array: 1, task, limit: 2 } }),
      );
      const records = await session().replay(tasks.map((job) => ({ job, body: sleep(2) })));
      expect(records.map(({ state }) => state)).toEqual(tasks.map(() => "completed"));
      const running = (at: number) =>
        records.filter(({ start, end }) => (start?.at ?? 0) <= at && (end?.at ?? 0) > at).length;
      for (const { start } of records) expect(running(start?.at ?? 0)).toBeLessThanOrEqual(2);
    },
    4 * soon,
  );

  test(
    "in a closed loop, a job is submitted a think time after the end of the one that it follows",
    async () => {
      const first = session().job();
      const second = session().job({ previous: { job: first.id, thinkSeconds: 4 } });
      const records = await session().replay([
        { job: first, body: sleep(1) },
        { job: second, body: sleep(0) },
      ]);
      const [before, after] = records as [JobRecord, JobRecord];
      expect(records.map(({ state }) => state)).toEqual(["completed", "completed"]);
      const thought = (after.dueAt ?? 0) - (before.end?.at ?? 0);
      // Longer where the scheduler says it later than that.
      expect(thought).toBeGreaterThanOrEqual(3_999);
      expect(thought).toBeLessThan(9_000);
      expect((after.submitStartedAt ?? 0) - (after.dueAt ?? 0)).toBeLessThan(1_000);
    },
    4 * soon,
  );
}
