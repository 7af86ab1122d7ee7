import { describe, expect, test } from "vitest";
import { clearLeftovers } from "../../../experiments/run/leftovers";
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
