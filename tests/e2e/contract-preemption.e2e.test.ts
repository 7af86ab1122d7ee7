import { describe, expect, test } from "vitest";
import type { SchedulerKind } from "../../spec/scheduler";
import { contractTuple, whole } from "../contract/stack";
import { sessionOnStack } from "../contract/stack-session";
import { notRoot } from "./test-stack";

const soon = 90_000;
const why = notRoot || (whole ? "" : " (skipped: npm run test:contract runs it)");

/** Policies under which user02's jobs take cores from user01's that run. */
const policies: readonly (readonly [SchedulerKind, string, object])[] = [
  ["slurm", "qos", { preemption: { type: "qos", mode: "requeue", users: ["user02"] } }],
  ["kubernetes", "priority", { preemption: { type: "priority", users: ["user02"] } }],
  [
    "kubernetes",
    "reclaim",
    { fairness: "proportion", shares: { user02: 3 }, preemption: { type: "reclaim" } },
  ],
];

describe.skipIf(why !== "").each(policies)(`preemption: %s, %s${why}`, (kind, _, policy) => {
  const live = sessionOnStack(contractTuple(kind, policy, 0), 1_500_000);

  test("jobs that lose their cores run again from the start, the others go on", async () => {
    const session = live();
    const usual = await Promise.all(
      Array.from({ length: 4 }, () =>
        session.submit({ kind: "sleep", seconds: 30 }, { limitSeconds: 300 }),
      ),
    );
    for (const job of usual) await session.started(job, soon);
    const urgent = await session.submit(
      { kind: "sleep", seconds: 2 },
      { user: "user02", cores: 2, limitSeconds: 300 },
    );
    expect(await session.outcome(urgent, soon)).toMatchObject({ state: "completed" });
    expect(usual.filter(({ id }) => session.outcomes.has(id))).toEqual([]);
    for (const job of usual) {
      expect(await session.outcome(job, 2 * soon)).toMatchObject({ state: "completed" });
    }
    const starts = usual.map(
      ({ id }) =>
        session.wrapped.filter(({ job, event }) => job === id && event === "start").length,
    );
    expect(starts.toSorted()).toEqual([1, 1, 2, 2]);
    expect(session.failures).toEqual([]);
  }, 300_000);
});
