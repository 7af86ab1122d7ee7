import { describe, expect, test } from "vitest";
import { cancelUntilGone, clearLeftovers } from "../../../experiments/run/leftovers";
import type { QueuedJob, SchedulerAdapter } from "../../../experiments/schedulers/adapter";

const job = (schedulerJob: string, run: string | null): QueuedJob => ({
  ...{ schedulerJob, run, job: 1, submission: 1, user: "user01", state: "RUNNING" },
});

/** A scheduler whose jobs end when they are cancelled, but those on a node that is away, once it is back. */
function clusterOf(queue: readonly QueuedJob[], { onAwayNode = [] as readonly string[] } = {}) {
  const did: string[] = [];
  const stuck = new Set(onAwayNode);
  const cancelled = new Set<string>();
  const adapter = {
    fence: async () => {
      did.push("fence");
      return 0;
    },
    queue: async () =>
      queue.filter(({ schedulerJob }) => !cancelled.has(schedulerJob) || stuck.has(schedulerJob)),
    cancel: async (ids: readonly string[]) => {
      did.push(`cancel ${ids.join()}`);
      for (const id of ids) cancelled.add(id);
    },
  } as Partial<SchedulerAdapter> as SchedulerAdapter;
  const nodesBack = async () => {
    did.push("nodes back");
    stuck.clear();
  };
  return { adapter, nodesBack, did };
}

describe("what former runs have left", () => {
  test("is cancelled once the nodes are back, without which its jobs would not go", async () => {
    const { adapter, nodesBack, did } = clusterOf([job("1", "old"), job("2", "old")], {
      onAwayNode: ["2"],
    });
    const reports: string[] = [];
    await clearLeftovers(adapter, (text) => reports.push(text), nodesBack);
    expect(did).toEqual(["fence", "nodes back", "cancel 1,2"]);
    expect(reports).toEqual(["cancelling 2 jobs that a former run left in the queue"]);
  });

  test("may be nothing but nodes that are away", async () => {
    const { adapter, nodesBack, did } = clusterOf([]);
    await clearLeftovers(adapter, () => {}, nodesBack);
    expect(did).toEqual(["fence", "nodes back"]);
  });

  test("is left as it is when others have jobs in the queue", async () => {
    const { adapter, nodesBack, did } = clusterOf([job("1", "old"), job("2", null)]);
    await expect(clearLeftovers(adapter, () => {}, nodesBack)).rejects.toThrow("2 of user01");
    expect(did).toEqual(["fence"]);
  });
});

describe("jobs that are cancelled", () => {
  /** A scheduler that takes `lookMs` for each look at its queue, and from which `gone(seconds)` jobs have gone. */
  function slowScheduler(count: number, lookMs: number, gone: (seconds: number) => number) {
    let now = 0;
    const clock = {
      now: () => now,
      delay: async (ms: number) => {
        now += ms;
      },
    };
    const looks: number[] = [];
    const cancels: number[][] = [];
    const adapter = {
      async queue() {
        looks.push(now / 1000);
        now += lookMs;
        const left = count - gone(now / 1000);
        return Array.from({ length: Math.max(0, left) }, (_, index) => ({
          ...job(String(index + 1), "old"),
          job: index + 1,
        }));
      },
      cancel: async (ids: readonly string[]) => {
        cancels.push(ids.map(Number));
      },
    } as Partial<SchedulerAdapter> as SchedulerAdapter;
    return { adapter, clock, looks, cancels };
  }

  test("are cancelled some at a time, the youngest first", async () => {
    const { adapter, clock, cancels } = slowScheduler(1_200, 0, (seconds) => seconds * 1_000);
    const cancelled = await cancelUntilGone(adapter, () => true, { clock });
    expect(cancelled).toHaveLength(1_200);
    expect(cancels.map((ids) => ids.length)).toEqual([500, 500, 200]);
    expect(cancels.flat()).toEqual(Array.from({ length: 1_200 }, (_, index) => 1_200 - index));
  });

  test("have their time from when the last of them was told", async () => {
    const { adapter, clock } = slowScheduler(1_000, 0, (seconds) => (seconds < 250 ? 0 : 1_000));
    const cancel = async () => {
      await clock.delay(100_000);
    };
    const cancelled = await cancelUntilGone({ ...adapter, cancel }, () => true, { clock });
    expect(cancelled).toHaveLength(1_000);
  });

  test("are looked at less often where a look takes long", async () => {
    const { adapter, clock, looks } = slowScheduler(1_000, 3_000, (seconds) => 20 * seconds);
    await cancelUntilGone(adapter, () => true, { clock });
    expect(looks).toEqual([0, 15, 30, 45, 60]);
  });

  test("are waited for as long as any of them goes, and then no longer than the deadline", async () => {
    const slow = slowScheduler(1_000, 0, (seconds) => seconds);
    await cancelUntilGone(slow.adapter, () => true, { clock: slow.clock });
    const stuck = slowScheduler(1_000, 0, (seconds) => Math.min(Math.floor(seconds), 600));
    const reports: string[] = [];
    const waited = cancelUntilGone(stuck.adapter, () => true, {
      clock: stuck.clock,
      report: (text) => reports.push(text),
    });
    await expect(waited).rejects.toThrow(
      "jobs do not go away after being cancelled: 1 (RUNNING), 2 (RUNNING), 3 (RUNNING), 4 (RUNNING), 5 (RUNNING) and 395 more",
    );
    expect(stuck.looks.at(-1)).toBeCloseTo(691, 0);
    expect(reports.slice(0, 2)).toEqual(["990 jobs are in the queue", "980 jobs are in the queue"]);
  });
});
