import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  judgePace,
  LATENESS_LIMIT_MS,
  LOOP_DELAY_LIMIT_MS,
  type SubmitCall,
  WORST_LATENESS_LIMIT_MS,
} from "../../../experiments/run/pace";

/** The controller's clock is ahead of the harness's by this much. */
const clockOffsetMs = 5_000;

interface Told {
  /** Job i is due at i seconds on the harness's clock. */
  readonly release?: (job: number) => number;
  /** From release to submit call. */
  readonly wait?: (job: number) => number;
  readonly callMs?: number;
  readonly jobs?: number;
  readonly callsAtOnce?: number;
  readonly loopDelayMs?: number;
}

function judge({ jobs = 50, callsAtOnce = 1, loopDelayMs = 1, ...told }: Told) {
  const { release = () => 1, wait = () => 2, callMs = 10 } = told;
  const ids = Array.from({ length: jobs }, (_, index) => index + 1);
  const releases = ids.map((job) => ({
    job,
    dueAt: job * 1000,
    releasedAt: job * 1000 + release(job),
  }));
  const calls: SubmitCall[] = releases.map(({ job, releasedAt }) => {
    const startedAt = releasedAt + clockOffsetMs + wait(job);
    return { job, user: "user01", startedAt, finishedAt: startedAt + callMs };
  });
  return judgePace({ releases, calls, clockOffsetMs, callsAtOnce, loopDelayMs });
}

describe("the pace of a run", () => {
  test("was kept when each job reached its submit call within a few milliseconds", () => {
    const { limited, explanation } = judge({});
    expect(limited).toBe(false);
    expect(explanation).toContain("the harness kept the schedule: 99 % of the jobs were released");
    expect(explanation).toContain("and job 1 most, 3.0 ms");
  });

  test("was not kept when the harness released its jobs late", () => {
    const { limited, explanation } = judge({ release: () => LATENESS_LIMIT_MS + 1 });
    expect(limited).toBe(true);
    expect(explanation).toContain("did not keep the schedule: jobs were released late");
  });

  test("was not kept when the connection held jobs up, though all were released in time", () => {
    const { limited, explanation } = judge({ wait: () => LATENESS_LIMIT_MS + 1 });
    expect(limited).toBe(true);
    expect(explanation).toContain("jobs reached their submit call late");
  });

  test("was not kept when one job alone was later than a tick of the coarsest clock", () => {
    const wait = (job: number) => (job === 17 ? WORST_LATENESS_LIMIT_MS + 1 : 2);
    expect(judge({ jobs: 500, wait })).toMatchObject({ limited: true });
    expect(judge({ jobs: 500, wait }).explanation).toContain("job 17 most, 1002.0 ms");
    const bearable = (job: number) => (job === 17 ? WORST_LATENESS_LIMIT_MS - 2 : 2);
    expect(judge({ jobs: 500, wait: bearable })).toMatchObject({ limited: false });
  });

  test("was not kept when the event loop was held up", () => {
    const { limited, explanation } = judge({ loopDelayMs: LOOP_DELAY_LIMIT_MS + 1 });
    expect(limited).toBe(true);
    expect(explanation).toContain("its event loop was held up");
  });

  test("is the scheduler's own where jobs waited for earlier calls of their user", () => {
    // Each call takes 1.5 s and the next job is due after 1 s: the queue before sbatch grows.
    const { limited, explanation } = judge({ wait: (job) => 500 * (job - 1), callMs: 1500 });
    expect(explanation).toContain("jobs waited on the controller for earlier submit calls");
    expect(limited).toBe(false);
  });

  test("is the harness's where a user's calls were not all under way", () => {
    const slow = { wait: (job: number) => 500 * (job - 1), callMs: 1500 };
    expect(judge({ ...slow, callsAtOnce: 2 })).toMatchObject({ limited: true });
  });

  test("counts the first call of a job that was handed over again", () => {
    const releases = [{ job: 1, dueAt: 1000, releasedAt: 1001 }];
    const call = { job: 1, user: "user01" };
    const { limited } = judgePace({
      releases,
      calls: [
        { ...call, startedAt: 40_000, finishedAt: 40_010 },
        { ...call, startedAt: 1003, finishedAt: null },
      ],
      clockOffsetMs: 0,
      callsAtOnce: 1,
      loopDelayMs: 0,
    });
    expect(limited).toBe(false);
  });

  test("of one user is not excused by another user's calls", () => {
    const long = { job: 9, user: "user02", startedAt: 0, finishedAt: 60_000 };
    const own = { job: 1, user: "user01", startedAt: 31_000, finishedAt: 31_010 };
    const { limited, explanation } = judgePace({
      releases: [{ job: 1, dueAt: 1000, releasedAt: 1001 }],
      calls: [long, own],
      clockOffsetMs: 0,
      callsAtOnce: 1,
      loopDelayMs: 0,
    });
    expect(limited).toBe(true);
    expect(explanation).toContain("job 1 most, 30000.0 ms");
  });

  test("tells the same whatever the controller's clock shows and in whatever order calls are told", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5000), fc.nat(3000), fc.nat(2000)), { minLength: 1 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        (jobs, offset) => {
          const releases = jobs.map(([due], job) => ({ job, dueAt: due, releasedAt: due + 1 }));
          const calls = jobs.map(([due, wait, length], job) => ({
            job,
            user: `user${job % 2}`,
            startedAt: due + 1 + wait,
            finishedAt: due + 1 + wait + length,
          }));
          const shifted = calls.map((call) => ({
            ...call,
            startedAt: call.startedAt + offset,
            finishedAt: call.finishedAt + offset,
          }));
          const rest = { releases, callsAtOnce: 1, loopDelayMs: 0 };
          expect(
            judgePace({ ...rest, calls: shifted.toReversed(), clockOffsetMs: offset }).limited,
          ).toBe(judgePace({ ...rest, calls, clockOffsetMs: 0 }).limited);
        },
      ),
    );
  });
});
