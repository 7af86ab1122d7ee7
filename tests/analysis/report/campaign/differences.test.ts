import { expect, test } from "vitest";
import {
  type ComparedWorkload,
  comparedWorkload,
} from "../../../../analysis/report/campaign/data/compared";
import { systemDifferences } from "../../../../analysis/report/campaign/data/differences";
import type { System, Workload } from "../../../../analysis/report/campaign/data/groups";
import type { MeasuredRun } from "../../../../analysis/report/campaign/data/measured";
import { neededRuns } from "../../../../analysis/report/campaign/data/needed";

function system(index: number, axes: System["axes"] = {}): System {
  const label = `s${index}`;
  return { index, label, kind: "k", scheduler: label, topology: "one", axes };
}

/** A run that knows idle alone. */
function run(id: string, idle: number): MeasuredRun {
  const reason = "unknown for a test";
  return {
    id,
    objectives: {
      values: { idle, unfairness: null, completion: null, elasticity: null },
      reasons: { unfairness: reason, completion: reason, elasticity: reason },
    },
    metrics: [],
    harnessLimited: false,
  };
}

/** Job lists with the values of their repeats, for each system. */
function workload(systems: readonly (readonly (readonly number[])[])[], axes = false): Workload {
  return {
    label: "w",
    clockFactor: 1,
    cells: systems.map((lists, index) => ({
      system: system(index, axes ? { a: String(index % 4), b: String(Math.floor(index / 4)) } : {}),
      tuples: [],
      sample: lists.map((values, list) => ({
        jobList: `list ${list}`,
        repeats: values.map((value, repeat) => run(`${index} ${list} ${repeat}`, value)),
      })),
    })),
  };
}

function compared(...systems: Parameters<typeof workload>): ComparedWorkload {
  const found = comparedWorkload(workload(...systems));
  if (!("bootstrap" in found)) throw new Error(found.reason);
  return found;
}

test("a difference is told for these jobs from its repeats, and for others from its job lists", () => {
  const one = compared([
    [
      [0.3, 0.301, 0.299],
      [0.5, 0.501, 0.499],
    ],
    [
      [0.2, 0.201, 0.199],
      [0.499, 0.5, 0.498],
    ],
  ]);
  const [difference] = systemDifferences([one]).all;
  expect(difference).toMatchObject({ objective: "idle", theseJobs: "together", otherJobs: "no" });
  expect(difference?.better.label).toBe("s1");
  expect(difference?.comparison.difference).toBeCloseTo(0.0505, 9);
  expect(difference?.needed.jobLists).toBeGreaterThan(2);
  expect(difference?.pairedEffect).toContain("fewer than three");
});

test("with many comparisons, what is told alone need not be told together", () => {
  const noisy = [0.3, 0.32, 0.28];
  const [a, b] = [[noisy], [noisy.map((value) => value + 0.05)]];
  const alone = systemDifferences([compared([a, b])]).all[0];
  expect(alone).toMatchObject({ theseJobs: "together" });
  expect(alone?.otherJobs).toMatchObject({
    reason: expect.stringContaining("one common job list"),
  });
  const many = systemDifferences([compared(Array.from({ length: 12 }, (_, i) => (i > 0 ? a : b)))]);
  expect(many.all).toHaveLength(66);
  expect(many.eachConfidence).toBeCloseTo(1 - 0.05 / 66, 12);
  const same = many.all.find(({ other }) => other.index === 0);
  expect(same?.theseJobs).toBe("alone");
});

test("of very many systems, only those that differ in one axis are compared", () => {
  const lists = [[0.3, 0.31]];
  const { all, pairsLeftOut } = systemDifferences([
    compared(
      Array.from({ length: 20 }, () => lists),
      true,
    ),
  ]);
  // 4 × 5 values: within rows 5 · 6 pairs, within columns 4 · 10.
  expect(all).toHaveLength(70);
  expect(pairsLeftOut).toBe(190 - 70);
});

test("an objective that some system never knows is left out, and said once for all", () => {
  const found = compared([[[0.3, 0.31]], [[0.4, 0.41]]]);
  expect(found.known).toEqual(["idle"]);
  expect(found.omissions).toEqual([
    "unfairness is left out: unknown for a test",
    "completion is left out: unknown for a test",
    "elasticity is left out: unknown for a test",
  ]);
});

test("systems without a common job list cannot be compared", () => {
  const [first, second] = workload([[[0.3]], [[0.4]]]).cells;
  if (first === undefined || second === undefined) throw new Error("expected two cells");
  const apart = { ...second, sample: second.sample.map((entry) => ({ ...entry, jobList: "b" })) };
  expect(comparedWorkload({ label: "w", clockFactor: 1, cells: [first, apart] })).toEqual({
    label: "w",
    reason: "the systems have no job list in common yet",
  });
});

test("what is needed is more than there is, and unknown where the variation is", () => {
  const precision = { confidence: 0.95, power: 0.8 };
  const noisy = neededRuns([{ first: [0.3, 0.4, 0.2], second: [0.35, 0.45, 0.25] }], precision);
  expect(noisy.repeats).toBeGreaterThan(3);
  expect(noisy.jobLists).toContain("unknown with one");
  expect(neededRuns([{ first: [0.3], second: [0.4] }], precision).repeats).toContain("unknown");
  expect(neededRuns([{ first: [0.3], second: [0.3] }], precision).repeats).toContain(
    "no difference",
  );
});
