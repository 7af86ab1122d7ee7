import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Session, sleep, soon } from "./session";

/** The running job's limit, after which the waiting one is expected at the latest. */
const limitSeconds = 600;
/** Slurm's backfill looks every 30 s where the policy does not say otherwise. */
const planMs = 75_000;

/** What a scheduler says of itself while jobs run and wait. */
export function contractOfWhatIsForetold(scene: () => { readonly session: Session }): void {
  test(
    "the scheduler's counters are finite numbers, and some grow with a job",
    async ({ skip }) => {
      const { session } = scene();
      const read = session.adapter.internals;
      if (read === undefined) return skip("it has no counters");
      const before = await read();
      const job = await session.submit(sleep(1));
      await session.outcome(job, soon);
      const after = await read();
      expect(Object.keys(before).length).toBeGreaterThan(0);
      for (const value of Object.values(after)) expect(Number.isFinite(value)).toBe(true);
      const grown = Object.keys(after).filter((name) => (after[name] ?? 0) > (before[name] ?? 0));
      expect(grown).not.toEqual([]);
    },
    2 * soon,
  );

  test(
    "a job that waits behind a running one is expected within that one's limit",
    async ({ skip }) => {
      const { session } = scene();
      const { adapter } = session;
      const ask = adapter.estimates;
      if (ask === undefined) return skip("it foretells no start");
      const running = await session.submit(sleep(limitSeconds), { cores: 4, limitSeconds });
      await session.started(running, soon);
      const waits = await session.submit(sleep(1), { cores: 4, limitSeconds: 60 });
      let told = await ask();
      for (
        const until = performance.now() + planMs;
        told.length === 0 && performance.now() < until;
      ) {
        await delay(1_000);
        told = await ask();
      }
      const now = Date.now();
      await adapter.cancel([waits.schedulerJob, running.schedulerJob]);
      await session.outcome(running, soon);
      await session.outcome(waits, soon);
      // A policy without reservations has none; that it was asked in vain is no fault of the adapter's.
      if (told.length === 0) return skip("its policy foretold no start");
      expect(told.map(({ job }) => job)).toEqual([waits.id]);
      const inSeconds = ((told[0]?.startAt ?? 0) - now) / 1000;
      expect(inSeconds).toBeGreaterThan(limitSeconds - 2 * (planMs / 1000));
      expect(inSeconds).toBeLessThan(limitSeconds + 90);
    },
    planMs + 3 * soon,
  );
}
