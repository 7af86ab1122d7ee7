import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelJob } from "../../../workloads/models/job";
import { lublinJobs } from "../../../workloads/models/lublin";
import { lublinTypes } from "../../../workloads/models/lublin-parameters";

const options = { type: "typeless", jobs: 40_000, procs: 128, seed: 1, users: 32 } as const;

function mean(jobs: readonly ModelJob[], value: (job: ModelJob) => number): number {
  return jobs.reduce((sum, job) => sum + value(job), 0) / jobs.length;
}

function isPowerOfTwo({ size }: ModelJob): boolean {
  return Number.isInteger(Math.log2(size));
}

describe("typeless, log2 of the size up to 7", () => {
  const { jobs } = lublinJobs(options);

  test("the share of powers of two, serial jobs included, is .869", () => {
    expect(Math.abs(mean(jobs, (job) => (isPowerOfTwo(job) ? 1 : 0)) - 0.869)).toBeLessThan(0.007);
  });

  test("the share of serial jobs is .244", () => {
    expect(Math.abs(mean(jobs, ({ size }) => (size === 1 ? 1 : 0)) - 0.244)).toBeLessThan(0.01);
  });

  test("the mean size is 12.13", () => {
    expect(Math.abs(mean(jobs, ({ size }) => size) - 12.13)).toBeLessThan(0.4);
  });

  test("the mean of ln(run) is 5.484 before whole seconds are cut off, 5.460 after", () => {
    expect(Math.abs(mean(jobs, ({ run }) => Math.log(run)) - 5.46)).toBeLessThan(0.045);
    expect(Math.abs(mean(jobs, ({ run }) => Math.log(run + 0.5)) - 5.484)).toBeLessThan(0.07);
  });

  test("jobs arrive by day more than by night", () => {
    const hour = ({ submit }: ModelJob) => Math.floor(submit / 3600) % 24;
    const within = (from: number, to: number) =>
      jobs.filter((job) => hour(job) >= from && hour(job) < to).length;
    expect(within(10, 18)).toBeGreaterThan(5 * within(0, 8));
  });

  test("the first user submits the most, the last the least", () => {
    const of = (user: number) => jobs.filter((job) => job.user === user).length;
    expect(of(1) / of(2)).toBeCloseTo(2, 0);
    expect(of(1) / of(32)).toBeGreaterThan(20);
  });
});

describe.each(lublinTypes)("%s", (type) => {
  test("every job fits the machine, in order of submission, within the model's limits", () => {
    const procs = fc.constantFrom(1, 2, 3, 7, 45, 100, 128, 1000);
    fc.assert(
      fc.property(procs, fc.nat(1000), (machine, seed) => {
        const { jobs } = lublinJobs({ type, jobs: 40, procs: machine, seed, users: 5 });
        let last = 0;
        for (const { submit, size, run, estimate, user } of jobs) {
          expect(submit).toBeGreaterThanOrEqual(last);
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(machine);
          expect(run).toBeGreaterThanOrEqual(1);
          expect(run).toBeLessThanOrEqual(Math.exp(12));
          expect(estimate).toBeGreaterThanOrEqual(run);
          expect(user).toBeGreaterThanOrEqual(1);
          expect(user).toBeLessThanOrEqual(5);
          for (const value of [submit, size, run, estimate, user]) {
            expect(Number.isInteger(value)).toBe(true);
          }
          last = submit;
        }
      }),
      { numRuns: 25 },
    );
  });
});

test("batch jobs are larger and longer than interactive ones", () => {
  const batch = lublinJobs({ ...options, jobs: 5000, type: "batch" }).jobs;
  const interactive = lublinJobs({ ...options, jobs: 5000, type: "interactive" }).jobs;
  expect(mean(batch, ({ size }) => size)).toBeGreaterThan(mean(interactive, ({ size }) => size));
  expect(mean(batch, ({ run }) => run)).toBeGreaterThan(5 * mean(interactive, ({ run }) => run));
});

test("batch sizes grow with the machine, the typeless fit ends at 128 unless told otherwise", () => {
  const largest = (changes: object) =>
    Math.max(
      ...lublinJobs({ ...options, jobs: 5000, procs: 1024, ...changes }).jobs.map(
        ({ size }) => size,
      ),
    );
  expect(largest({ type: "batch" })).toBeGreaterThan(512);
  expect(largest({})).toBe(128);
  expect(largest({ sizeHigh: 10 })).toBeGreaterThan(512);
});

test("a seed gives the same jobs for ever", () => {
  const { jobs } = lublinJobs({ ...options, jobs: 1000 });
  const digest = createHash("sha256").update(JSON.stringify(jobs)).digest("hex");
  expect(digest.slice(0, 16)).toBe("9559bfffd6ba2654");
  expect(lublinJobs({ ...options, jobs: 1000, seed: 2 }).jobs).not.toEqual(jobs);
});

test("more users or fewer jobs change nothing else", () => {
  const { jobs } = lublinJobs({ ...options, jobs: 100 });
  const many = lublinJobs({ ...options, jobs: 100, users: 1000 }).jobs;
  expect(many.map((job) => ({ ...job, user: 1 }))).toEqual(
    jobs.map((job) => ({ ...job, user: 1 })),
  );
  expect(lublinJobs({ ...options, jobs: 10 }).jobs).toEqual(jobs.slice(0, 10));
});

test.each([-1, 1.5, 2 ** 32, Number.NaN])("seed %s is refused", (seed) => {
  expect(() => lublinJobs({ ...options, jobs: 1, seed })).toThrow("expected a whole number");
});
