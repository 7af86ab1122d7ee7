import fc from "fast-check";
import { expect, test } from "vitest";
import { type Demand, demandOf } from "../../../workloads/elastic/demand";
import { type Candidate, type Packed, packDemand } from "../../../workloads/elastic/pack";

const step = fc.record({ gap: fc.integer({ min: 1, max: 9000 }), cores: fc.nat(60) });
const demands: fc.Arbitrary<Demand> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 9000 }))
  .map(([gaps, tail]) => {
    let at = 0;
    const steps = gaps.map(({ gap, cores }, index) => {
      at += index === 0 ? 0 : gap;
      return { at: at / 1000, cores };
    });
    return demandOf(steps, (at + tail) / 1000);
  });

const shortest = 500;
const candidates = fc.array(
  fc.record({
    cores: fc.integer({ min: 1, max: 9 }),
    run: fc.integer({ min: shortest, max: 8000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

function pack(demand: Demand, drawn: readonly Candidate[], most = 100_000) {
  let index = 0;
  const draw = () => drawn[index++ % drawn.length] ?? { cores: 1, run: shortest };
  return packDemand(demand, draw, { shortest, most });
}

function wanted({ steps, end }: Demand, at: number): number {
  return at >= end ? 0 : (steps.findLast((one) => one.at <= at)?.cores ?? 0);
}

function inUse(packed: readonly Packed<Candidate>[], at: number): number {
  return packed
    .filter(({ submit, run }) => submit <= at && at < submit + run)
    .reduce((sum, { candidate }) => sum + candidate.cores, 0);
}

/** All instants at which cores in use or demand change: between them both are constant. */
function instants({ steps, end }: Demand, packed: readonly Packed<Candidate>[]): number[] {
  return [
    end,
    ...steps.map(({ at }) => at),
    ...packed.flatMap(({ submit, run }) => [submit, submit + run]),
  ];
}

test("the cores in use are never more above the demand than half of the largest job", () => {
  fc.assert(
    fc.property(demands, candidates, (demand, drawn) => {
      const packed = pack(demand, drawn);
      const largest = Math.max(...drawn.map(({ cores }) => cores));
      for (const at of instants(demand, packed)) {
        expect(inUse(packed, at)).toBeLessThanOrEqual(wanted(demand, at) + largest / 2);
      }
    }),
  );
});

test("nor as much below it, except for less than the shortest run before the demand falls", () => {
  fc.assert(
    fc.property(demands, candidates, (demand, drawn) => {
      const packed = pack(demand, drawn);
      const largest = Math.max(...drawn.map(({ cores }) => cores));
      const falls = [...demand.steps.map(({ at }) => at), demand.end].filter(
        (at) => at > 0 && wanted(demand, at) < wanted(demand, at - 1),
      );
      for (const at of instants(demand, packed)) {
        if (falls.some((fall) => at < fall && fall < at + shortest)) continue;
        expect(inUse(packed, at)).toBeGreaterThan(wanted(demand, at) - largest / 2);
      }
    }),
  );
});

test("jobs are submitted in order, as drawn, never run longer than drawn, and are over with the demand", () => {
  fc.assert(
    fc.property(demands, candidates, (demand, drawn) => {
      const packed = pack(demand, drawn);
      for (const [index, { candidate, submit, run }] of packed.entries()) {
        expect(candidate).toBe(drawn[index % drawn.length]);
        expect(submit).toBeGreaterThanOrEqual(packed[index - 1]?.submit ?? 0);
        expect(run).toBeLessThanOrEqual(candidate.run);
        expect(run).toBeGreaterThanOrEqual(shortest);
        expect(submit + run).toBeLessThanOrEqual(demand.end);
        // Only a demand that falls, or its end, cuts a job.
        const end = submit + run;
        if (run < candidate.run) expect(wanted(demand, end)).toBeLessThan(wanted(demand, end - 1));
      }
    }),
  );
});

test("one job follows another where the demand stays, and a fall ends those that are too many", () => {
  const demand = demandOf(
    [
      { at: 0, cores: 2 },
      { at: 5, cores: 1 },
    ],
    9,
  );
  const packed = pack(demand, [{ cores: 1, run: 3000 }]);
  expect(packed.map(({ submit, run }) => [submit, run])).toEqual([
    [0, 3000],
    [0, 3000],
    // Of these two, the first may stay beyond the fall: 3 s, then 3 s more and the rest.
    [3000, 3000],
    [3000, 2000],
    [6000, 3000],
  ]);
});

test("a demand for more jobs than there may be ends with one too many", () => {
  const demand = demandOf([{ at: 0, cores: 50 }], 100);
  expect(pack(demand, [{ cores: 1, run: 1000 }], 70)).toHaveLength(71);
});
