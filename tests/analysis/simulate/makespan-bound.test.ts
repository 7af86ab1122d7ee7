import fc from "fast-check";
import { expect, test } from "vitest";
import { makespanBound } from "../../../analysis/simulate/makespan-bound";
import { policies } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { summarise } from "../../../analysis/simulate/summary";
import { arbitraryJobs, machine } from "./arbitrary-jobs";

const job = { job: 1, submit: 0, size: 1, run: 10, estimate: 10 };

test("no schedule beats the bound", () => {
  fc.assert(
    fc.property(arbitraryJobs(), fc.constantFrom(...policies), (jobs, policy) => {
      const { makespan } = summarise(jobs, simulate(jobs, { procs: machine, policy }));
      expect(makespanBound(jobs, machine)).toBeLessThanOrEqual(makespan ?? Number.NaN);
    }),
  );
});

test("a late long job, the work, and jobs too large to run together each set the bound", () => {
  expect(makespanBound([job, { ...job, submit: 50 }], 4)).toBe(60);
  expect(makespanBound(Array(8).fill(job), 4)).toBe(20);
  expect(
    makespanBound(
      [
        { ...job, size: 3 },
        { ...job, size: 3 },
      ],
      4,
    ),
  ).toBe(20);
});

test("work that arrives late cannot be spread over the time before", () => {
  const late = { ...job, submit: 100, size: 4 };
  expect(makespanBound([job, late, late], 4)).toBe(120);
});

test("there is no bound without jobs", () => {
  expect(makespanBound([], 4)).toBeNull();
});
