import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DriveResult, drive } from "../../../campaigns/drive/drive";
import type { DriveOptions } from "../../../campaigns/drive/options";
import { keyOf } from "../../../campaigns/drive/workspace";
import type { CampaignPlan } from "../../../campaigns/plan/types";
import { propertyRuns } from "../../property-runs";
import { FakeWorkspace, keysOf, planOf, World } from "./fake-world";

const never = new AbortController().signal;

function driven(
  plan: CampaignPlan,
  workspace: FakeWorkspace,
  options: Partial<DriveOptions> = {},
): Promise<DriveResult> {
  return drive(plan, workspace, {
    ...{ clustersAtOnce: 1, keep: false, finish: never, stop: never, report: () => {} },
    ...options,
  });
}

const order = ({ records }: World) => records.map(({ key }) => key);

describe("the driver", () => {
  test("does every run once, in the order of the plan on each cluster, and leaves nothing", async () => {
    const plan = planOf({ clusters: [2, 1], repeats: 2 });
    const world = new World();
    const result = await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.1 1", "0.0 2", "0.1 2", "1.0 1", "1.0 2"]);
    expect(result).toMatchObject({
      counts: { planned: 6, done: 6, failed: 0, running: 0, remaining: 0 },
      ...{ endedBy: null, left: [], problems: [] },
    });
    expect([...world.stacks]).toEqual([]);
    expect(world.most).toBe(1);
  });

  test("has as many clusters up at once as it may", async () => {
    const plan = planOf({ clusters: [2, 2, 2], repeats: 2 });
    const world = new World();
    await driven(plan, new FakeWorkspace(world), { clustersAtOnce: 2 });
    expect(world.most).toBe(2);
    expect(new Set(order(world)).size).toBe(12);
  });

  test("skips what is done, whatever position an earlier plan gave it", async () => {
    const plan = planOf({ clusters: [2], repeats: 1 });
    const world = new World();
    world.records.push({ key: "0.0 1", status: "completed" });
    await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.1 1"]);
    await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toHaveLength(2);
  });

  test("tries a failed run again as often as it is told, over all drivers", async () => {
    const plan = planOf({ clusters: [2], repeats: 1 }, { retryFailed: 2 });
    const world = new World(new Map([["0.0 1", 5]]));
    world.records.push({ key: "0.0 1", status: "failed" });
    const { counts, givenUp } = await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.0 1", "0.0 1", "0.1 1"]);
    expect(counts).toMatchObject({ done: 1, failed: 1, remaining: 0 });
    expect(givenUp.map(({ run, reason }) => [keyOf(run), reason])).toEqual([["0.0 1", "why"]]);
    await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toHaveLength(4);
  });

  test("looks what became of a run whose runner was killed before it is tried again", async () => {
    const plan = planOf({ clusters: [2], repeats: 1 });
    const world = new World();
    world.killedRunners.set("0.0 1", 1);
    await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.1 1"]);
    const cut = new World();
    cut.killedRunners.set("0.0 1", 1);
    await driven(plan, new FakeWorkspace(cut, { orphansLive: false }));
    expect(cut.records.map(({ key, status }) => `${key} ${status}`)).toEqual([
      "0.0 1 interrupted",
      ...["0.0 1 completed", "0.1 1 completed"],
    ]);
  });

  test("gives a run up whose runner is killed each time", async () => {
    const plan = planOf({ clusters: [1], repeats: 1 }, { retryFailed: 2 });
    const world = new World();
    world.killedRunners.set("0.0 1", 9);
    const { counts, givenUp } = await driven(
      plan,
      new FakeWorkspace(world, { orphansLive: false }),
    );
    expect(order(world)).toHaveLength(3);
    expect(counts).toMatchObject({ done: 0, failed: 1, remaining: 0 });
    expect(givenUp[0]?.reason).toBe("killed");
  });

  test("builds a cluster again that could not be built, and goes on with others when it cannot", async () => {
    const plan = planOf({ clusters: [1, 1], repeats: 1 });
    const once = new World(new Map(), new Map([["study-00000000", 1]]));
    expect(await driven(plan, new FakeWorkspace(once))).toMatchObject({ counts: { done: 2 } });
    const always = new World(new Map(), new Map([["study-00000000", 9]]));
    expect(await driven(plan, new FakeWorkspace(always))).toMatchObject({
      counts: { done: 1, remaining: 1 },
      problems: [{ stack: "study-00000000", problem: "no memory" }],
      ...{ endedBy: "clusters", left: [] },
    });
  });

  test("changes the policy of a live cluster where the next run wants another one", async () => {
    const plan = planOf({ clusters: [3], repeats: 2, policies: true });
    const world = new World();
    const { services } = await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.1 1", "0.2 1", "0.0 2", "0.1 2", "0.2 2"]);
    // The third and the fourth run have the same policy.
    expect(world.ups).toHaveLength(5);
    expect(world.violations).toEqual([]);
    expect(services[0]?.changeSeconds).toBeGreaterThan(0);
  });

  test("begins no run while another cluster is being built", async () => {
    const plan = planOf({ clusters: [2, 2, 2], repeats: 1 });
    const world = new World(new Map(), new Map([["study-00000001", 1]]));
    await driven(plan, new FakeWorkspace(world), { clustersAtOnce: 3 });
    expect(world.builtBeside).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("keeps clusters as told, as far as no other one needs their place", async () => {
    const plan = planOf({ clusters: [1, 1, 1], repeats: 1 });
    const world = new World();
    const kept = await driven(plan, new FakeWorkspace(world), { keep: true });
    expect(kept.left).toEqual(["study-00000002"]);
    expect(world.most).toBe(1);
    const { left } = await driven(plan, new FakeWorkspace(world));
    expect(left).toEqual([]);
  });

  test("takes down what a former plan left, even where its own clusters are kept", async () => {
    const world = new World();
    world.stacks.add("study-ffffffff").add("study-00000000");
    const plan = planOf({ clusters: [1], repeats: 1 });
    const { left } = await driven(plan, new FakeWorkspace(world), { keep: true });
    expect(left).toEqual(["study-00000000"]);
  });

  test.each([
    ["runs", { seconds: null, runs: 3 }, 3],
    ["time", { seconds: 0, runs: null }, 0],
  ] as const)("begins nothing once its budget of %s is used up", async (why, budget, done) => {
    const plan = planOf({ clusters: [2, 2], repeats: 2 }, { budget });
    const world = new World();
    const result = await driven(plan, new FakeWorkspace(world));
    expect(result).toMatchObject({ endedBy: why, left: [], counts: { done } });
    expect(order(world)).toHaveLength(done);
  });

  test("says what it is doing", async () => {
    const seen: string[] = [];
    await driven(planOf({ clusters: [1], repeats: 1 }), new FakeWorkspace(new World()), {
      onChange: ({ counts: { done, running, remaining }, busy, secondsLeft }) => {
        const what = busy.map((one) =>
          typeof one.with === "string" ? one.with : one.with.position,
        );
        seen.push(`${done}/${running}/${remaining} ${what}, ${secondsLeft} s`);
      },
    });
    expect(seen).toEqual([
      "0/0/1 up, 10 s",
      "0/1/0 1, 10 s",
      "1/0/0 , 0 s",
      "1/0/0 down, 0 s",
      "1/0/0 , 0 s",
    ]);
  });
});

describe("a driver that is stopped", () => {
  test("finishes what runs when asked once, and takes the cluster down", async () => {
    const plan = planOf({ clusters: [3], repeats: 1 });
    const world = new World();
    const finish = new AbortController();
    const onStep = () => world.going.size > 0 && finish.abort();
    const result = await driven(plan, new FakeWorkspace(world, { onStep }), {
      finish: finish.signal,
    });
    expect(world.records).toEqual([{ key: "0.0 1", status: "completed" }]);
    expect(result).toMatchObject({ endedBy: "finish", left: [], counts: { remaining: 2 } });
  });

  test("interrupts what runs when asked twice, and leaves the cluster for the next one", async () => {
    const plan = planOf({ clusters: [2], repeats: 1 });
    const world = new World();
    const stop = new AbortController();
    const onStep = () => world.going.size > 0 && stop.abort();
    const options = { finish: stop.signal, stop: stop.signal };
    const result = await driven(plan, new FakeWorkspace(world, { onStep }), options);
    expect(world.records).toEqual([{ key: "0.0 1", status: "interrupted" }]);
    expect(result).toMatchObject({ endedBy: "stop", left: ["study-00000000"], problems: [] });
    expect(result.counts).toMatchObject({ done: 0, failed: 0, remaining: 2 });
    await driven(plan, new FakeWorkspace(world));
    expect(order(world)).toEqual(["0.0 1", "0.0 1", "0.1 1"]);
    expect([...world.stacks]).toEqual([]);
  });
});

const shapes = fc.record({
  clusters: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  repeats: fc.integer({ min: 1, max: 3 }),
  policies: fc.boolean(),
});
/** Each driver but the last ends at a step: killed, with or without what it began, or by a person. */
const ends = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    how: fc.constantFrom("killed", "killed with all", "finish", "stop"),
  }),
  { maxLength: 8 },
);

describe("drivers that end at any step, one after another,", () => {
  test("lose no run, double none and leave none behind", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        ends,
        fc.integer({ min: 1, max: 3 }),
        fc.dictionary(fc.constantFrom("0.0 1", "0.0 2", "1.0 1"), fc.integer({ min: 1, max: 3 })),
        async (shape, killed, clustersAtOnce, failures) => {
          const plan = planOf(shape, { retryFailed: 1 });
          const world = new World(new Map(Object.entries(failures)));
          world.killedRunners.set("0.0 2", 1);
          for (const { at, how } of killed) {
            const signal = new AbortController();
            const workspace = new FakeWorkspace(world, {
              killAt: how.startsWith("killed") ? at : Number.POSITIVE_INFINITY,
              orphansLive: how === "killed",
              onStep: (step) => step === at && signal.abort(),
            });
            await driven(plan, workspace, {
              clustersAtOnce,
              finish: signal.signal,
              stop: how === "stop" ? signal.signal : never,
            }).catch((error: Error) => expect(error.message).toBe("killed"));
          }
          const result = await driven(plan, new FakeWorkspace(world), { clustersAtOnce });

          expect(world.violations).toEqual([]);
          for (const key of keysOf(plan)) {
            const failed = world.records.filter(
              (run) => run.key === key && run.status === "failed",
            );
            // Given up only after the tries that it may have, and never done twice.
            expect(world.completed(key) + (failed.length === 2 ? 1 : 0), key).toBe(1);
          }
          expect(result.counts.remaining).toBe(0);
          expect(world.going.size).toBe(0);
          expect([...world.stacks]).toEqual([]);
          expect(world.most).toBeLessThanOrEqual(clustersAtOnce);
        },
      ),
      { numRuns: propertyRuns(400) },
    );
  });
});
