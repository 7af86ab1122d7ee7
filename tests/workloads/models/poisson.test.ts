import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { poissonJobs, powersOfTwo } from "../../../workloads/models/poisson";

const options = {
  jobs: 20_000,
  procs: 64,
  seed: 3,
  users: 8,
  sizes: powersOfTwo(64),
  runs: { kind: "exponential", mean: 1000 },
  arrivals: { meanGap: 50 },
} as const;

test("the gaps are exponential with the mean asked for", () => {
  const { jobs } = poissonJobs(options);
  const gaps = jobs.slice(1).map(({ submit }, index) => submit - (jobs[index]?.submit ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  expect(Math.abs(mean - 50)).toBeLessThan(1.5);
  // Of an exponential, 1/e lies above the mean.
  expect(gaps.filter((gap) => gap > 50).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
});

test("sizes and run times come from their distributions", () => {
  const { jobs } = poissonJobs(options);
  expect([...new Set(jobs.map(({ size }) => size))].sort((a, b) => a - b)).toEqual([
    1, 2, 4, 8, 16, 32, 64,
  ]);
  const mean = jobs.reduce((sum, { run }) => sum + run, 0) / jobs.length;
  expect(Math.abs(mean - 1000)).toBeLessThan(30);
});

test("the load sets the gap by the work that was drawn", () => {
  const { jobs } = poissonJobs({ ...options, arrivals: { load: 0.8 } });
  const work = jobs.reduce((sum, { size, run }) => sum + size * run, 0);
  expect(work / ((jobs.at(-1)?.submit ?? 0) * 64)).toBeCloseTo(0.8, 1);
});

test("a size that does not fit the machine is drawn again, and one that never fits is refused", () => {
  const wide = { kind: "uniform", low: 1, high: 200 } as const;
  expect(Math.max(...poissonJobs({ ...options, sizes: wide }).jobs.map(({ size }) => size))).toBe(
    64,
  );
  expect(() => poissonJobs({ ...options, sizes: { kind: "constant", value: 65 } })).toThrow(
    "sizes constant:65: none of 1000 lay between 1 and 64 processors",
  );
});

test("a run time is at least a second", () => {
  const { jobs } = poissonJobs({ ...options, runs: { kind: "exponential", mean: 0.01 } });
  expect(new Set(jobs.map(({ run }) => run))).toEqual(new Set([1]));
});

test("a seed gives the same jobs for ever", () => {
  const { jobs } = poissonJobs({ ...options, jobs: 1000 });
  const digest = createHash("sha256").update(JSON.stringify(jobs)).digest("hex");
  expect(digest.slice(0, 16)).toBe("365d26c0db048f54");
});
