import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupDoubles } from "../../../experiments/run/doubles";
import { accountedJob } from "./accounted-job";

describe("of the scheduler's jobs for one planned job", () => {
  test("the one that started stays, though another was submitted first", () => {
    const first = accountedJob({});
    const running = accountedJob({
      schedulerJob: "101",
      submission: "1-2",
      waiting: false,
      state: "RUNNING",
      submitAt: 2000,
      startAt: 3000,
    });
    expect(groupDoubles([first, running])).toEqual([{ job: 1, kept: "101", surplus: [first] }]);
  });

  test("the one that was submitted first stays where none has started", () => {
    const late = accountedJob({ schedulerJob: "101", submission: "1-2", submitAt: 2000 });
    expect(groupDoubles([late, accountedJob({})])).toEqual([
      { job: 1, kept: "100", surplus: [late] },
    ]);
  });

  test("none is cancelled that has started or ended", () => {
    const running = accountedJob({ waiting: false, startAt: 2000 });
    const ended = accountedJob({ schedulerJob: "101", waiting: false, startAt: 2000, endAt: 3000 });
    expect(groupDoubles([running, ended])).toEqual([]);
  });

  test("exactly one stays, whatever the order in which the scheduler tells them", () => {
    const job = fc.record({
      job: fc.nat(3),
      waiting: fc.boolean(),
      submitAt: fc.option(fc.nat(5)),
      startAt: fc.option(fc.nat(5)),
    });
    fc.assert(
      fc.property(fc.array(job), fc.nat(), (drawn, turn) => {
        const jobs = drawn.map((change, index) =>
          accountedJob({ ...change, schedulerJob: `${index}`, submission: `${index}` }),
        );
        const doubles = groupDoubles(jobs);
        const cut = turn % (jobs.length + 1);
        const turned = groupDoubles([...jobs.slice(cut), ...jobs.slice(0, cut)]);
        const byJob = (list: typeof doubles) => list.toSorted((a, b) => a.job - b.job);
        const plain = (list: typeof doubles) =>
          byJob(list).map(({ kept, surplus, ...rest }) => ({
            ...rest,
            kept,
            surplus: surplus.map(({ schedulerJob }) => schedulerJob).toSorted(),
          }));
        expect(plain(turned)).toEqual(plain(doubles));
        for (const { job: planned, kept, surplus } of doubles) {
          const group = jobs.filter((each) => each.job === planned);
          expect(surplus.every(({ waiting }) => waiting)).toBe(true);
          expect(surplus.map(({ schedulerJob }) => schedulerJob)).not.toContain(kept);
          const untouched = group.filter(({ waiting }) => !waiting).length;
          expect(surplus.length).toBe(group.length - Math.max(1, untouched));
        }
      }),
    );
  });
});
