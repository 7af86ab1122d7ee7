import fc from "fast-check";
import { expect, test } from "vitest";
import { expandHostlist } from "../../../experiments/schedulers/slurm/hostlist";
import { hostlist } from "../../../infra/schedulers/slurm/emulated";
import { emulatedName } from "../../../spec/emulated";

test("what is written of emulated nodes, Slurm's notation expands to them again", () => {
  const runs = fc.uniqueArray(
    fc.record({
      host: fc.constantFrom("node01", "node12", "gpu01", "z1a02"),
      first: fc.integer({ min: 0, max: 4990 }),
      count: fc.integer({ min: 1, max: 1200 }),
    }),
    { selector: ({ host }) => host, minLength: 1 },
  );
  fc.assert(
    fc.property(runs, (list) => {
      const nodes = list.flatMap(({ host, first, count }) =>
        Array.from({ length: count }, (_, index) => ({
          host,
          name: emulatedName(host, first + index),
        })),
      );
      const written = hostlist(nodes);
      expect(expandHostlist(written)).toEqual(nodes.map(({ name }) => name));
      expect(written.length).toBeLessThan(30 * list.length);
    }),
    { numRuns: 50 },
  );
});
