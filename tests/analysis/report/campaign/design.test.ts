import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  designOf,
  effectOn,
  type Levels,
  type LinearEffect,
} from "../../../../analysis/report/campaign/data/design";
import { propertyRuns } from "../../../property-runs";

const axes = ["scheduler", "nodes", "load"];
const values = { scheduler: ["a", "b", "c"], nodes: ["2", "4"], load: ["trace", "model"] };

const full: readonly Levels[] = values.scheduler.flatMap((scheduler) =>
  values.nodes.flatMap((nodes) => values.load.map((load) => ({ scheduler, nodes, load }))),
);

/** Effects of each value that add up to 0 for each axis, and the grand mean. */
const truth: Readonly<Record<string, number>> = {
  ...{ a: 3, b: -1, c: -2, "2": 5, "4": -5, trace: 0.5, model: -0.5 },
};
const additive = (levels: Levels) =>
  20 + axes.reduce((sum, axis) => sum + (truth[levels[axis] ?? ""] ?? Number.NaN), 0);

function effectsOf(combinations: readonly Levels[], figures: readonly number[]) {
  const { effects } = designOf(combinations, axes);
  return effects.map(({ value, weights }: LinearEffect) => ({
    value,
    effect: typeof weights === "string" ? weights : effectOn(weights, figures),
  }));
}

describe("main effects", () => {
  test("of a full design are means with a value less the grand mean, also with interactions", () => {
    const figures = full.map((levels, index) => additive(levels) + (index === 3 ? 12 : 0));
    const grand = figures.reduce((sum, value) => sum + value, 0) / figures.length;
    for (const { value, effect } of effectsOf(full, figures)) {
      const own = figures.filter((_, index) => Object.values(full[index] ?? {}).includes(value));
      const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
      expect(effect).toBeCloseTo(mean - grand, 9);
    }
    expect(designOf(full, axes)).toMatchObject({ full: 12, measured: 12 });
  });

  test("of an additive figure are found whichever combinations are missing, as far as they can be told", () => {
    fc.assert(
      fc.property(fc.subarray([...full], { minLength: 1 }), (some) => {
        const figures = some.map(additive);
        for (const { value, effect } of effectsOf(some, figures)) {
          if (typeof effect === "string") continue;
          const axis = axes.find((name) => values[name as keyof typeof values].includes(value));
          const there = values[axis as keyof typeof values].filter((one) =>
            some.some((levels) => levels[axis ?? ""] === one),
          );
          // They add up to 0 over the values that are there.
          const centre = there.reduce((sum, one) => sum + (truth[one] ?? 0), 0) / there.length;
          expect(effect).toBeCloseTo((truth[value] ?? 0) - centre, 6);
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("without one combination differ from plain means, which would have what its partners do", () => {
    const some = full.filter(({ scheduler, nodes }) => scheduler !== "a" || nodes === "2");
    const figures = some.map(additive);
    const found = new Map(effectsOf(some, figures).map(({ value, effect }) => [value, effect]));
    expect(found.get("a")).toBeCloseTo(3, 9);
    const plain = figures.filter((_, index) => some[index]?.scheduler === "a");
    const grand = figures.reduce((sum, value) => sum + value, 0) / figures.length;
    expect(plain.reduce((sum, one) => sum + one, 0) / plain.length - grand).not.toBeCloseTo(3, 0);
  });

  test("of an axis that varies with another only are unknown, the others are not", () => {
    const some = full.filter(
      ({ scheduler, nodes }) => (scheduler === "a") === (nodes === "2") && scheduler !== "c",
    );
    const found = new Map(
      effectsOf(some, some.map(additive)).map(({ value, effect }) => [value, effect]),
    );
    expect(found.get("a")).toContain("never varies apart from other axes");
    expect(found.get("4")).toContain("never varies apart from other axes");
    expect(found.get("trace")).toBeCloseTo(0.5, 9);
  });
});
