import { expect, test } from "vitest";
import type { JobAttribute } from "../../spec/job-attributes";
import { askFacts } from "../../spec/schedulers/facts";
import { type Session, sleep, soon } from "./session";

/** What tells the contract's nodes from others; both of them have it. */
export const contractTraits = { features: ["plain", "lab"], gpuType: "a100" } as const;

const laterSeconds = 8;

/** What a job asks for beside its cores, on two nodes of two cores and a GPU. */
export function contractOfAsks(started: () => { readonly session: Session }): void {
  const asked = (session: Session, attribute: JobAttribute) => {
    const { scheduler, topology } = session.handle.spec;
    return askFacts(scheduler, ({ cannotAsk }, policy) =>
      cannotAsk(policy, { attribute, value: null }, topology, false),
    );
  };

  test(
    "a job that asks for two nodes is on both, where one has all of its cores, and has a core of each",
    async () => {
      const { session } = started();
      const [wide, narrow] = [
        await session.submit(sleep(2), { cores: 2, nodes: 2, gpus: 2, memoryMiB: 200 }),
        await session.submit(sleep(2), { cores: 2, nodes: 1, memoryMiB: 200 }),
      ];
      const outcomes = await Promise.all([wide, narrow].map((job) => session.outcome(job, soon)));
      expect(outcomes).toMatchObject([
        { state: "completed", allocatedCores: 2 },
        { state: "completed", allocatedCores: 2 },
      ]);
      expect(outcomes.map(({ nodes }) => nodes.length)).toEqual([2, 1]);
    },
    2 * soon,
  );

  test(
    "a job runs on nodes that have its features and its type of GPU, with a low priority",
    async () => {
      const { session } = started();
      const { features, gpuType } = contractTraits;
      const job = await session.submit(sleep(1), {
        ...{ cores: 2, gpus: 1, gpuType, constraint: features.join("&"), priority: 2 },
      });
      expect(await session.outcome(job, soon)).toMatchObject({ state: "completed" });
    },
    soon,
  );

  test(
    "a job does not start before it may, where the scheduler can be asked for that",
    async ({ skip }) => {
      const { session } = started();
      const why = asked(session, "eligible");
      skip(why !== null, why ?? "");
      const before = Date.now();
      const job = await session.submit(sleep(1), { eligibleAfterSeconds: laterSeconds });
      const { at } = await session.started(job, soon);
      // Schedulers count whole seconds.
      expect(at - before).toBeGreaterThan((laterSeconds - 1) * 1000);
      expect(await session.outcome(job, soon)).toMatchObject({ state: "completed" });
    },
    2 * soon,
  );
}
