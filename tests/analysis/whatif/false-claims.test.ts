import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { expect, test } from "vitest";
import type { Policy } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { compareSides, type Side, type WhatIfResult } from "../../../analysis/whatif/compare";
import type { Figures } from "../../../analysis/whatif/figures";
import { propertyRuns } from "../../property-runs";

const cores = 64;
const jobCount = 120;

/** Waits of one run: the jobs of a list under a policy, with run times that differ a little each time. */
function waits(list: number, policy: Policy, noiseSeed: number) {
  const jobs = xoroshiro128plus(list);
  jobs.jump();
  const noise = xoroshiro128plus(noiseSeed);
  noise.jump();
  let submit = 0;
  const planned = Array.from({ length: jobCount }, (_, index) => {
    submit += uniformInt(jobs, 0, 40);
    const size = 2 ** uniformInt(jobs, 0, 6);
    const wanted = 10 + uniformInt(jobs, 0, 200);
    const user = uniformInt(jobs, 0, 3);
    const run = wanted + Math.round(1000 * uniformFloat64(noise)) / 1000;
    return { job: index + 1, submit, size, run, estimate: wanted + 5, user };
  });
  const { starts } = simulate(planned, { procs: cores, policy });
  return planned.map((job, index) => ({ ...job, wait: (starts[index] ?? 0) - job.submit }));
}

type Job = ReturnType<typeof waits>[number];

const groups: readonly (readonly [string, string | null, (job: Job) => boolean])[] = [
  ["all", null, () => true],
  ["size", "big", ({ size }) => size > 16],
  ["size", "small", ({ size }) => size <= 16],
  ...[0, 1, 2, 3].map((user) => ["user", String(user), (job: Job) => job.user === user] as const),
] as const;

interface Extent {
  readonly lists: number;
  readonly repeats: number;
}

/** One question: both policies on the same lists of jobs, with noise of their own. */
function asked(
  seed: number,
  policies: readonly [Policy, Policy],
  { lists, repeats }: Extent,
): WhatIfResult {
  const values = groups.map(() => new Map<string, number>());
  const sides = { now: new Map<string, string[]>(), changed: new Map<string, string[]>() };
  for (const [at, side] of (["now", "changed"] as const).entries()) {
    for (let list = 0; list < lists; list += 1) {
      const ids: string[] = [];
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const id = `${side}-${list}-${repeat}`;
        ids.push(id);
        const found = waits(
          100 * seed + list,
          policies[at] ?? "easy",
          1_000_000 * (at + 1) + 1000 * seed + 10 * list + repeat,
        );
        for (const [index, [, , belongs]] of groups.entries()) {
          const own = found.filter(belongs);
          if (own.length === 0) continue;
          values[index]?.set(id, own.reduce((sum, { wait }) => sum + wait, 0) / own.length);
        }
      }
      sides[side].set(`list ${list}`, ids);
    }
  }
  const figures = groups.map(([scope, name], index): Figures => {
    const own = values[index] ?? new Map<string, number>();
    return { scope, name, metric: "mean_wait", unit: "s", values: own, jobs: 1 };
  });
  return compareSides(figures, sides as { now: Side; changed: Side }, 0.05);
}

function claims({ differences }: WhatIfResult): number {
  return differences.filter(({ otherJobs, theseJobs }) =>
    [otherJobs, theseJobs].some((level) => "said" in level && level.said === "changed"),
  ).length;
}

const questions = propertyRuns(300);

test.each([
  { lists: 5, repeats: 1 },
  { lists: 5, repeats: 3 },
  { lists: 1, repeats: 3 },
])(
  "the same policy twice is claimed to differ in at most about 5 % of questions: $lists × $repeats",
  (extent) => {
    const wrong = Array.from({ length: questions }, (_, seed) =>
      asked(seed + 1, ["easy", "easy"], extent),
    ).filter((result) => claims(result) > 0).length;
    // Two standard deviations above 5 % of the questions.
    expect(wrong / questions).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / questions));
  },
);

test("two runs of a job list are too few for a claim about these jobs alone", () => {
  const { differences } = asked(1, ["fcfs", "easy"], { lists: 5, repeats: 2 });
  expect(differences.map(({ theseJobs }) => theseJobs)).toEqual(
    differences.map(() => ({ reason: expect.stringContaining("fewer than 3 runs") })),
  );
  expect(
    asked(1, ["fcfs", "easy"], { lists: 1, repeats: 2 }).differences[0]?.verdict,
  ).toMatchObject({ outcome: "cannot tell", reason: expect.stringContaining("fewer than 3 runs") });
});

test("backfilling instead of none is found in most questions", () => {
  const few = Math.min(questions, 40);
  const extent = { lists: 5, repeats: 1 };
  const found = Array.from({ length: few }, (_, seed) => asked(seed + 1, ["fcfs", "easy"], extent));
  expect(found.filter((result) => claims(result) > 0).length / few).toBeGreaterThan(0.8);
});
