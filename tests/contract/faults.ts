import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { SchedulerActs } from "./acts";
import { takeLinkDown } from "./link";
import { type Session, sleep, soon } from "./session";

/** The part of the contract in which a daemon, a link or a node goes away. */
export function contractUnderFaults(
  live: () => { readonly session: Session; readonly acts: SchedulerActs },
  /** How long the scheduler's service is away. */
  awaySeconds: number,
): void {
  // Longer, and a scheduler may take the nodes for lost.
  const linkDownSeconds = Math.min(awaySeconds, 20);
  const session = () => live().session;
  const acts = () => live().acts;

  test(
    "a scheduler that is restarted with a queue goes on where it was",
    async () => {
      const jobs = await Promise.all(
        Array.from({ length: 6 }, () => session().submit(sleep(4), { cores: 2 })),
      );
      await session().started(jobs[0] ?? { id: 0, schedulerJob: "" }, soon);
      await acts().restartScheduler();
      const outcomes = await Promise.all(jobs.map((job) => session().outcome(job, 2 * soon)));
      const states = outcomes.map(({ state }) => state);
      if (acts().runningSurvives) expect(states).toEqual(jobs.map(() => "completed"));
      else expect(states.filter((state) => state === "completed").length).toBeGreaterThan(3);
      for (const job of jobs) {
        await session().ended(job, soon);
      }
      const starts = session().wrapped.filter(
        ({ event, job }) => event === "start" && jobs.some(({ id }) => id === job),
      );
      expect(starts).toHaveLength(jobs.length);
    },
    4 * soon,
  );

  test(
    `nothing is lost while the scheduler's service is away for ${awaySeconds} s`,
    async () => {
      const before = await session().submit(sleep(5), { limitSeconds: 900 });
      await session().started(before, soon);
      await acts().stopService();
      const late = session().submit(sleep(1));
      await delay(awaySeconds * 1000);
      await acts().startService();
      const { state } = await session().outcome(before, 2 * soon);
      if (acts().runningSurvives) expect(state).toBe("completed");
      else expect(state).not.toBe("completed");
      expect(await session().outcome(await late, 2 * soon)).toMatchObject({ state: "completed" });
    },
    5 * soon,
  );

  test(
    `jobs that are submitted while the controller's link is down for ${linkDownSeconds} s run once each`,
    async () => {
      // A job that a scheduler launches on a node out of reach may fail: none can start meanwhile.
      const blocker = await session().submit(sleep(linkDownSeconds + 15), {
        cores: 4,
        limitSeconds: 300,
      });
      await session().started(blocker, soon);
      const early = [1, 2, 3].map(() => session().submit(sleep(1)));
      const domain = `${session().handle.cluster.name}-controller`;
      const down = takeLinkDown(domain, linkDownSeconds * 1000);
      const late = [1, 2, 3].map(() => session().submit(sleep(1)));
      await down;
      expect(await session().outcome(blocker, soon)).toMatchObject({ state: "completed" });
      const jobs = await Promise.all([...early, ...late]);
      const outcomes = await Promise.all(jobs.map((job) => session().outcome(job, 3 * soon)));
      expect(outcomes.map(({ state }) => state)).toEqual(jobs.map(() => "completed"));
      for (const job of jobs) {
        await session().ended(job, soon);
      }
      const ids = new Set(jobs.map(({ id }) => id));
      expect(session().wrapped.filter(({ job }) => ids.has(job))).toHaveLength(2 * jobs.length);
      const known = (await session().adapter.accounting()).filter(({ job }) => ids.has(job));
      expect(known.map(({ schedulerJob }) => schedulerJob).toSorted()).toEqual(
        jobs.map(({ schedulerJob }) => schedulerJob).toSorted(),
      );
    },
    6 * soon,
  );

  test(
    "a job whose node is lost is told as such, and the cluster goes on",
    async () => {
      const job = await session().submit(sleep(600), { cores: 2, limitSeconds: 900 });
      const { nodes } = await session().started(job, soon);
      const [lost = ""] = (await acts().holds(job.schedulerJob)).filter((node) =>
        nodes.includes(node),
      );
      await acts().loseNode(lost);
      try {
        expect(await session().outcome(job, 2 * soon)).toMatchObject({ state: "node-failed" });
        const other = await session().submit(sleep(0));
        const outcome = await session().outcome(other, soon);
        expect(outcome).toMatchObject({ state: "completed" });
        expect(outcome.nodes).not.toContain(lost);
        await expect(session().adapter.prepare()).rejects.toThrow(lost);
      } finally {
        await acts().restoreNode(lost);
      }
      const gang = await session().submit(sleep(0), { cores: 4 });
      expect(await session().outcome(gang, 2 * soon)).toMatchObject({ state: "completed" });
    },
    8 * soon,
  );
}
