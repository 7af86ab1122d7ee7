import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Handle } from "../../infra/handle";
import { ElasticPool } from "./elastic-pool";
import { sleep, soon } from "./session";

/** Cores of all nodes, and of all but one. */
const [all, allButOne] = [6, 4];
const upMs = 1_500_000;

/**
 * What every scheduler's membership does on a live cluster: an elastic pool of three nodes of two cores and
 * one GPU, all of which are there, and nothing else. Each test leaves an idle cluster with all nodes.
 * Instead of a cluster, why there is none: the tests are skipped then.
 */
export function membershipContract(cluster: () => Promise<Handle | string>): void {
  let pool: ElasticPool;
  let missing = "";

  beforeAll(async () => {
    const handle = await cluster();
    if (typeof handle === "string") {
      missing = handle;
      console.log(`skipped: ${missing}`);
      return;
    }
    pool = await ElasticPool.open(handle);
  }, upMs);

  afterAll(() => pool?.close(), 180_000);

  beforeEach(({ skip }) => skip(missing !== "", missing));

  afterEach(() => {
    if (missing !== "") return;
    const { failures, outcomes } = pool.session;
    expect(failures).toEqual([]);
    expect([...outcomes].filter(([, told]) => told.length > 1)).toEqual([]);
  });

  const last = () => pool.nodes.at(-1) ?? "";

  test("every node is told of with its cores, by the watch as by a question", async () => {
    for (const name of pool.nodes) await pool.schedulable(name);
    const asked = await pool.membership.nodes();
    expect(asked.nodes).toEqual(pool.seen.nodes);
    expect(asked.nodes).toEqual(
      pool.nodes.map((name) => ({ name, state: "schedulable", cores: 2, jobs: 0 })),
    );
    expect(Math.abs(asked.at - Date.now())).toBeLessThan(5_000);
    for (const { resolutionMs } of [asked, pool.seen]) {
      expect(resolutionMs).toBeGreaterThan(0);
      expect(resolutionMs).toBeLessThan(2_000);
    }
  });

  test(
    "an idle node leaves, and a job wider than the rest waits until it is back",
    async () => {
      const { session, membership } = pool;
      const node = last();
      await pool.timed("drain of an idle node", () => membership.drain(node, "finish"));
      await pool.become(node, "draining", ({ state }) => state === "draining");
      await pool.timed("from leave to gone", async () => {
        await membership.leave(node);
        await pool.away(node);
      });
      // That the next one overtakes it says that the scheduler has looked at it.
      const wide = await session.submit(sleep(0), { cores: all });
      const narrow = await session.submit(sleep(0), { cores: allButOne });
      const { nodes } = await session.outcome(narrow, soon);
      expect(nodes).not.toContain(node);
      expect(session.outcomes.has(wide.id)).toBe(false);
      expect(await session.adapter.queue()).toMatchObject([{ job: wide.id }]);
      await pool.timed("from join to the first job's start", async () => {
        await pool.timed("from join to schedulable", () => pool.takeIn(node));
        await session.started(wide, soon);
      });
      const outcome = await session.outcome(wide, soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: all });
      expect(pool.starts(wide)).toBe(1);
    },
    5 * soon,
  );

  test(
    "a busy node that is to leave finishes what it has, and gets nothing more",
    async () => {
      const { session, membership } = pool;
      const node = last();
      const gang = await session.submit(sleep(12), { cores: all, limitSeconds: 300 });
      await session.started(gang, soon);
      await pool.busy(node);
      await membership.drain(node, "finish");
      await pool.become(node, "draining", ({ state, jobs }) => state === "draining" && jobs > 0);
      const later = await Promise.all(
        Array.from({ length: all }, () => session.submit(sleep(1), { limitSeconds: 60 })),
      );
      const outcome = await session.outcome(gang, soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: all });
      for (const job of later) {
        const { state, nodes } = await session.outcome(job, soon);
        expect(state).toBe("completed");
        expect(nodes).not.toContain(node);
      }
      await pool.idle(node);
      await membership.leave(node);
      await pool.away(node);
      await pool.takeIn(node);
      await pool.useAll();
    },
    8 * soon,
  );

  test(
    "a busy node that is to leave at once sends its jobs back to the queue, each of them once",
    async ({ skip }) => {
      const { session, membership, acts } = pool;
      if (session.handle.spec.topology.nodes.elastic?.leaving !== "requeue") {
        return skip("the jobs of this cluster's nodes finish");
      }
      const gang = await session.submit(sleep(15), { cores: allButOne, limitSeconds: 300 });
      await session.started(gang, soon);
      const [node = ""] = await acts.holds(gang.schedulerJob);
      await pool.busy(node);
      await pool.timed("from the drain to the job's second start", async () => {
        await pool.timed("drain of a node with a job to requeue", async () => {
          await membership.drain(node, "requeue");
          await pool.idle(node);
        });
        await membership.leave(node);
        await pool.away(node);
        await session.until(
          "its second start",
          () => pool.starts(gang) === 2 || undefined,
          2 * soon,
        );
      });
      const outcome = await session.outcome(gang, 2 * soon);
      expect(outcome).toMatchObject({ state: "completed", allocatedCores: allButOne });
      expect(outcome.nodes).not.toContain(node);
      expect(pool.starts(gang)).toBe(2);
      expect(pool.returned(gang)).toBe(true);
      const known = (await session.adapter.accounting()).filter(({ job }) => job === gang.id);
      expect(known.map(({ schedulerJob }) => schedulerJob)).toEqual([gang.schedulerJob]);
      await pool.takeIn(node);
      await pool.useAll();
    },
    8 * soon,
  );

  test(
    "every act can be repeated",
    async () => {
      const { membership } = pool;
      const [node = ""] = pool.nodes;
      await membership.join(node);
      await membership.drain(node, "finish");
      await membership.drain(node, "finish");
      // What is let go may be wanted again before it has left.
      await pool.takeIn(node);
      await membership.drain(node, "finish");
      await membership.leave(node);
      await membership.leave(node);
      await membership.drain(node, "finish");
      await pool.away(node);
      await membership.join(node);
      await pool.takeIn(node);
      await pool.useAll();
    },
    8 * soon,
  );

  test(
    "a node that was switched off meanwhile joins again",
    async () => {
      const node = last();
      await pool.letGo(node);
      await pool.turnOff(node);
      await pool.membership.leave(node);
      await pool.timed("from its domain's start to its answer", () => pool.turnOn(node));
      await pool.timed("from join to schedulable after that", () => pool.takeIn(node));
      await pool.useAll();
    },
    8 * soon,
  );

  test(
    "a node that is lost with a job can be taken out and in again, and the job is told as such",
    async () => {
      const { session, membership, acts } = pool;
      const job = await session.submit(sleep(600), { cores: allButOne, limitSeconds: 900 });
      await session.started(job, soon);
      const [node = ""] = (await acts.holds(job.schedulerJob)).toReversed();
      await pool.turnOff(node);
      try {
        await pool.timed("from leave to gone of a lost node", async () => {
          await membership.leave(node);
          await pool.away(node);
        });
        // Where jobs go back to the queue, the other nodes have room for this one.
        const told = await session.until(
          "the job's end, or its second start",
          () => session.outcomes.get(job.id)?.[0]?.state ?? (pool.starts(job) === 2 || undefined),
          2 * soon,
        );
        if (told === true) await session.adapter.cancel([job.schedulerJob]);
        else expect(told).toBe("node-failed");
        await session.outcome(job, soon);
      } finally {
        await pool.turnOn(node);
      }
      await pool.takeIn(node);
      await pool.useAll();
    },
    8 * soon,
  );
}
