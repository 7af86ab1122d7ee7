import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SimJob } from "../../../analysis/simulate/job";
import { type Policy, policies } from "../../../analysis/simulate/policy";
import { simulate } from "../../../analysis/simulate/simulation";
import { Failure } from "../../../base/failure";
import { propertyRuns } from "../../property-runs";
import { arbitraryJobs, fractionalJobs, machine } from "./arbitrary-jobs";
import { referenceStarts } from "./reference";

function startsOf(jobs: readonly SimJob[], policy: Policy, procs = machine): number[] {
  return [...simulate(jobs, { procs, policy }).starts];
}

function busy(jobs: readonly SimJob[], starts: readonly number[], time: number): number {
  return jobs.reduce((sum, { size, run }, index) => {
    const start = starts[index] ?? Number.NaN;
    return sum + (start <= time && time < start + run ? size : 0);
  }, 0);
}

describe.each(policies)("%s", (policy) => {
  test("starts every job when the plain reference does", () => {
    fc.assert(
      fc.property(arbitraryJobs(), (jobs) => {
        const { starts } = referenceStarts(jobs, machine, policy);
        expect(startsOf(jobs, policy)).toEqual(jobs.map(({ job }) => starts.get(job)));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("starts every job when the reference does in rational arithmetic, whatever decimals the times have", () => {
    fc.assert(
      fc.property(fractionalJobs(), (jobs) => {
        const { starts } = referenceStarts(jobs, machine, policy);
        expect(startsOf(jobs, policy)).toEqual(jobs.map(({ job }) => starts.get(job)));
      }),
      { numRuns: propertyRuns(600) },
    );
  });

  test("never starts a job before its submission nor uses more processors than there are", () => {
    fc.assert(
      fc.property(arbitraryJobs(), (jobs) => {
        const starts = startsOf(jobs, policy);
        for (const [index, job] of jobs.entries()) {
          const start = starts[index] ?? Number.NaN;
          expect(start).toBeGreaterThanOrEqual(job.submit);
          expect(busy(jobs, starts, start)).toBeLessThanOrEqual(machine);
        }
      }),
    );
  });

  test("gives the same starts whatever the order of the input", () => {
    fc.assert(
      fc.property(arbitraryJobs(), (jobs) => {
        const reversed = startsOf([...jobs].reverse(), policy).reverse();
        expect(reversed).toEqual(startsOf(jobs, policy));
      }),
    );
  });

  test("lets a job of run time 0 start and end in one instant", () => {
    const instant = { job: 1, submit: 5, size: machine, run: 0, estimate: 1 };
    const next = { job: 2, submit: 5, size: machine, run: 3, estimate: 3 };
    expect(startsOf([instant, next], policy)).toEqual([5, 5]);
  });

  test("has no start for no job", () => {
    expect(startsOf([], policy)).toEqual([]);
  });
});

test("first come, first served starts jobs in the order of the queue", () => {
  fc.assert(
    fc.property(arbitraryJobs(), (jobs) => {
      const starts = startsOf(jobs, "fcfs");
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }),
  );
});

test("with EASY, no later arrival delays the job at the head of the queue", () => {
  fc.assert(
    fc.property(arbitraryJobs({ exact: true }), (jobs) => {
      const starts = startsOf(jobs, "easy");
      for (const [index, job] of jobs.entries()) {
        const ahead = starts.slice(0, index).every((start) => start <= job.submit);
        if (!ahead) continue;
        const alone = startsOf(jobs.slice(0, index + 1), "easy");
        expect(starts[index]).toBe(alone[index]);
      }
    }),
  );
});

test("with conservative backfilling, no job starts after its first reservation", () => {
  fc.assert(
    fc.property(arbitraryJobs(), (jobs) => {
      const { firstReservations } = referenceStarts(jobs, machine, "conservative");
      for (const [index, start] of startsOf(jobs, "conservative").entries()) {
        expect(start).toBeLessThanOrEqual(firstReservations.get(index + 1) ?? Number.NaN);
      }
    }),
  );
});

test("EASY backfills what ends before the head's reservation or fits beside it, and nothing else", () => {
  const jobs = [
    { job: 1, submit: 0, size: 4, run: 10, estimate: 10 },
    { job: 2, submit: 1, size: 5, run: 10, estimate: 10 },
    { job: 3, submit: 2, size: 2, run: 9, estimate: 9 },
    { job: 4, submit: 3, size: 1, run: 20, estimate: 20 },
    { job: 5, submit: 4, size: 1, run: 6, estimate: 6 },
  ];
  // Job 3 would still run at 10 on two processors, of which the head leaves one. Job 4 takes that
  // one; job 5 ends at 10 and takes the other.
  expect(startsOf(jobs, "easy")).toEqual([0, 10, 20, 3, 4]);
});

test("conservative backfilling keeps a reservation that EASY would sacrifice", () => {
  const jobs = [
    { job: 1, submit: 0, size: 4, run: 10, estimate: 10 },
    { job: 2, submit: 1, size: 4, run: 10, estimate: 10 },
    { job: 3, submit: 2, size: 6, run: 5, estimate: 5 },
    { job: 4, submit: 3, size: 2, run: 30, estimate: 30 },
  ];
  expect(startsOf(jobs, "easy")).toEqual([0, 10, 33, 3]);
  expect(startsOf(jobs, "conservative")).toEqual([0, 10, 20, 25]);
});

test("conservative backfilling compresses when a job ends before its estimate", () => {
  const jobs = [
    { job: 1, submit: 0, size: 6, run: 3, estimate: 10 },
    { job: 2, submit: 1, size: 6, run: 5, estimate: 5 },
  ];
  expect(startsOf(jobs, "conservative")).toEqual([0, 3]);
});

test.each<[string, Partial<SimJob>, string]>([
  ["larger than the machine", { size: 7 }, "job 3 cannot be simulated: size 7 on 6 processors"],
  ["without processors", { size: 0 }, "job 3 cannot be simulated: size 0"],
  ["not a number", { run: Number.NaN }, "job 3 cannot be simulated: run time NaN"],
  ["without a submit time", { submit: Number.NaN }, "job 3 cannot be simulated: submit time NaN"],
  ["without an estimate", { run: 0, estimate: 0 }, "job 3 cannot be simulated: estimate 0"],
  [
    "longer than its estimate",
    { run: 6 },
    "job 3 cannot be simulated: estimate 5 below its run time 6",
  ],
])("a job %s is refused by name", (_, change, message) => {
  const job = { job: 3, submit: 0, size: 1, run: 5, estimate: 5, ...change };
  expect(() => startsOf([job], "easy")).toThrow(new Failure(message));
});

test("a machine without processors is refused", () => {
  expect(() => startsOf([], "easy", 0)).toThrow("the machine has 0 processors");
});

test("an end and an arrival at 3.3 s are one instant, however 3.3 came about", () => {
  const jobs = [
    { job: 1, submit: 1.1, size: 6, run: 2.2, estimate: 2.2 },
    { job: 2, submit: 2, size: 4, run: 9, estimate: 9 },
    { job: 3, submit: 3.3, size: 2, run: 1, estimate: 1 },
  ];
  expect(startsOf(jobs, "fcfs")).toEqual([1.1, 3.3, 3.3]);
  expect(startsOf(jobs, "easy")).toEqual([1.1, 3.3, 3.3]);
  expect(startsOf(jobs, "conservative")).toEqual([1.1, 3.3, 3.3]);
});

test("times that are too fine for exact sums are rounded, and the rule for ties says to what", () => {
  const job = { job: 1, submit: 0, size: 1, run: 1 / 3, estimate: 1e6 };
  const { starts, tieRule } = simulate([job, { ...job, job: 2 }], { procs: 1, policy: "fcfs" });
  expect(starts[1]).toBe(0.333333333);
  expect(tieRule).toContain("times rounded to 1e-9 s");
  const coarse = { ...job, run: 0.25 };
  expect(simulate([coarse], { procs: 1, policy: "fcfs" }).tieRule).not.toContain("rounded");
});

test("the result names the policy and the rule for ties", () => {
  const { policy, tieRule } = simulate([], { procs: 1, policy: "easy" });
  expect(policy).toBe("easy");
  expect(tieRule).toMatch(/one scheduling pass per instant.*completions.*arrivals.*job number/);
});
