import { expect, test } from "vitest";
import { simulate } from "../../../analysis/simulate/simulation";
import { summarise } from "../../../analysis/simulate/summary";

const options = { procs: 4, policy: "fcfs" } as const;

test("the figures of two jobs, one of which waits", () => {
  const jobs = [
    { job: 1, submit: 100, size: 4, run: 40, estimate: 40 },
    { job: 2, submit: 120, size: 2, run: 5, estimate: 9 },
  ];
  expect(summarise(jobs, simulate(jobs, options))).toEqual({
    jobs: 2,
    makespan: 45,
    mean_wait: 10,
    // 40 / 40, and (20 + 5) / 10: the short run counts as 10 s.
    mean_bounded_slowdown: (1 + 2.5) / 2,
    utilisation: (4 * 40 + 2 * 5) / (4 * 45),
    reasons: {},
  });
});

test("without jobs every figure is null with a reason", () => {
  expect(summarise([], simulate([], options))).toMatchObject({
    jobs: 0,
    makespan: null,
    utilisation: null,
    reasons: { makespan: "no job", utilisation: "no job" },
  });
});

test("a makespan of 0 leaves the utilisation unknown", () => {
  const jobs = [{ job: 1, submit: 7, size: 1, run: 0, estimate: 1 }];
  expect(summarise(jobs, simulate(jobs, options))).toMatchObject({
    makespan: 0,
    utilisation: null,
    reasons: { utilisation: "the makespan is 0" },
  });
});
