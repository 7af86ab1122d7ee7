import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fairStarts } from "../../../analysis/simulate/fair";
import { policies } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { arbitraryJobs, machine } from "./arbitrary-jobs";

describe.each(policies)("%s", (policy) => {
  test("the fair start is the start in a simulation without the later arrivals", () => {
    fc.assert(
      fc.property(arbitraryJobs(), (jobs) => {
        const alone = jobs.map(
          (_, index) =>
            simulate(jobs.slice(0, index + 1), { procs: machine, policy }).starts[index],
        );
        expect([...fairStarts(jobs, { procs: machine, policy })]).toEqual(alone);
      }),
    );
  });
});

test("under first come, first served every start is fair", () => {
  fc.assert(
    fc.property(arbitraryJobs(), (jobs) => {
      const options = { procs: machine, policy: "fcfs" } as const;
      expect(fairStarts(jobs, options)).toEqual(simulate(jobs, options).starts);
    }),
  );
});

test("a job that a backfilled one delays has an earlier fair start", () => {
  const jobs = [
    { job: 1, submit: 0, size: 4, run: 10, estimate: 10 },
    { job: 2, submit: 1, size: 4, run: 10, estimate: 10 },
    { job: 3, submit: 2, size: 6, run: 5, estimate: 5 },
    { job: 4, submit: 3, size: 2, run: 30, estimate: 30 },
  ];
  const options = { procs: machine, policy: "easy" } as const;
  expect(simulate(jobs, options).starts[2]).toBe(33);
  expect(fairStarts(jobs, options)[2]).toBe(20);
});

test("progress is reported every thousand jobs", () => {
  const job = { size: 1, run: 1, estimate: 1 };
  const jobs = Array.from({ length: 2000 }, (_, index) => ({ job: index, submit: index, ...job }));
  const lines: string[] = [];
  fairStarts(jobs, { procs: 1, policy: "easy" }, (line) => lines.push(line));
  expect(lines).toEqual(["fair starts: 1000 of 2000 jobs", "fair starts: 2000 of 2000 jobs"]);
});
