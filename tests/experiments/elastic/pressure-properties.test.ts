import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decide,
  noMemory,
  type PolicyMemory,
  type PolicyNode,
  type PoolRules,
} from "../../../experiments/elastic/pressure";
import { propertyRuns } from "../../property-runs";
import { minute, seen } from "./observation";

const phases = fc.constantFrom<PolicyNode["phase"]>("away", "joining", "here", "leaving");
const someNodes = fc
  .array(
    fc.record({
      phase: phases,
      cores: fc.integer({ min: 1, max: 8 }),
      jobs: fc.integer({ min: 0, max: 3 }),
      idleSince: fc.integer({ min: 0, max: minute }),
      blockedUntil: fc.option(fc.integer({ min: 0, max: 2 * minute })),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ phase, jobs, idleSince, ...rest }, index) => ({
      ...rest,
      name: `n${index}`,
      phase,
      jobs: phase === "here" ? jobs : 0,
      idleSince: phase === "here" && jobs === 0 ? idleSince : null,
    })),
  );
const someRules = fc
  .record({
    min: fc.integer({ min: 0, max: 8 }),
    max: fc.integer({ min: 1, max: 8 }),
    leaving: fc.constantFrom("finish" as const, "requeue" as const),
    low: fc.double({ min: 0, max: 3, noNaN: true }),
    gap: fc.double({ min: 0.01, max: 3, noNaN: true }),
    coolDown: fc.integer({ min: 0, max: 30 }),
    idle: fc.integer({ min: 0, max: 30 }),
    step: fc.integer({ min: 1, max: 8 }),
  })
  .map(
    ({ min, max, leaving, low, gap, ...times }): PoolRules => ({
      min: Math.min(min, max),
      max,
      leaving,
      policy: { kind: "pressure", scaleInBelow: low, scaleOutAbove: low + gap, ...times },
    }),
  );
const someMemory = fc.record<PolicyMemory>({
  outAt: fc.option(fc.integer({ min: 0, max: minute })),
  inAt: fc.option(fc.integer({ min: 0, max: minute })),
  surplusSince: fc.option(fc.integer({ min: 0, max: minute })),
});
const someDemand = fc.integer({ min: 0, max: 80 });
const someWidth = fc.integer({ min: 0, max: 9 });
const there = ({ phase }: PolicyNode) => phase === "here" || phase === "joining";

describe("whatever is observed", () => {
  const anything = [
    ...([someRules, someNodes, someDemand, someDemand] as const),
    ...([someWidth, someMemory] as const),
  ] as const;

  test("no decision leads out of the pool's bounds, calls what is there, or lets go what is not", () => {
    fc.assert(
      fc.property(...anything, (pool, all, queued, running, width, memory) => {
        const { join, leave } = decide(pool, seen(queued, running, all, width), memory);
        const byName = new Map(all.map((one) => [one.name, one]));
        const before = all.filter(there).length;
        const after = before + join.length - leave.length;
        if (join.length > 0) expect(after).toBeLessThanOrEqual(Math.min(pool.max, all.length));
        if (leave.length > 0) expect(after).toBeGreaterThanOrEqual(pool.min);
        expect(join.length === 0 || leave.length === 0).toBe(true);
        expect(Math.max(join.length, leave.length)).toBeLessThanOrEqual(pool.policy.step);
        for (const name of join) {
          const called = byName.get(name);
          expect(called?.phase).toBe("away");
          expect(called?.blockedUntil ?? 0).toBeLessThanOrEqual(minute);
        }
        for (const name of leave) {
          const gone = byName.get(name);
          expect(gone?.phase).toBe("here");
          if (pool.leaving === "finish") expect(gone?.jobs).toBe(0);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test("the cool-down is kept in each direction, except below the least", () => {
    fc.assert(
      fc.property(...anything, (pool, all, queued, running, width, memory) => {
        const { join, leave, lookAgainAt } = decide(
          pool,
          seen(queued, running, all, width),
          memory,
        );
        const cool = pool.policy.coolDown * 1000;
        const before = all.filter(there).length;
        if (memory.outAt !== null && minute - memory.outAt < cool) {
          expect(before + join.length).toBeLessThanOrEqual(Math.max(before, pool.min));
        }
        if (memory.inAt !== null && minute - memory.inAt < cool) expect(leave).toEqual([]);
        if (lookAgainAt !== null) expect(lookAgainAt).toBeGreaterThan(minute);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test("under a constant demand a pool comes to rest, and stays as it is", () => {
    fc.assert(
      fc.property(someRules, someNodes, someDemand, someWidth, (pool, start, running, width) => {
        let all = start.map((one) => ({
          ...one,
          cores: 2,
          jobs: 0,
          phase: there(one) ? ("here" as const) : ("away" as const),
          idleSince: 0 as number | null,
          blockedUntil: null,
        }));
        let memory = noMemory;
        let at = minute;
        const turns: string[] = [];
        for (let round = 0; round < 40; round++) {
          const decision = decide(pool, { ...seen(0, running, all, width), at }, memory);
          memory = decision.memory;
          if (decision.join.length > 0) turns.push("out");
          if (decision.leave.length > 0) turns.push("in");
          all = all.map((one) => {
            if (decision.join.includes(one.name)) return { ...one, phase: "here", idleSince: at };
            return decision.leave.includes(one.name) ? { ...one, phase: "away" } : one;
          });
          if (decision.lookAgainAt === null) break;
          at = decision.lookAgainAt;
        }
        expect([...new Set(turns)].length).toBeLessThanOrEqual(1);
        expect(turns.length).toBeLessThanOrEqual(all.length);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});
