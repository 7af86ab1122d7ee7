import fc from "fast-check";
import { expect, test } from "vitest";
import { faultKinds, planRounds } from "./plan";

const options = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  rounds: fc.integer({ min: 0, max: 60 }),
  jobs: fc.integer({ min: 1, max: 100 }),
});

test("a seed gives the same rounds each time", () => {
  fc.assert(
    fc.property(options, (plan) => {
      expect(planRounds(plan)).toEqual(planRounds(plan));
    }),
  );
});

test("every fault comes up equally often, but for the remainder", () => {
  fc.assert(
    fc.property(options, (plan) => {
      const rounds = planRounds(plan);
      const counts = faultKinds.map((kind) => rounds.filter(({ fault }) => fault === kind).length);
      expect(rounds).toHaveLength(plan.rounds);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

test("a fault strikes while there are jobs to come, and lasts from 5 to 90 s", () => {
  fc.assert(
    fc.property(options, (plan) => {
      for (const { moment, seconds } of planRounds(plan)) {
        expect(seconds).toBeGreaterThanOrEqual(5);
        expect(seconds).toBeLessThanOrEqual(90);
        if (moment.kind === "due") {
          expect(moment.jobs).toBeGreaterThanOrEqual(1);
          expect(moment.jobs).toBeLessThanOrEqual(plan.jobs);
        } else expect(moment.seconds).toBeLessThan(7);
      }
    }),
  );
});
