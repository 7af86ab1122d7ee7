import fc from "fast-check";
import { expect, test } from "vitest";
import { type LoggedTimes, loggedEnd, sessionsOf } from "../../../workloads/feedback/sessions";
import { SwfReading } from "../../../workloads/swf/read";
import { unusable } from "../../../workloads/usable";
import { realLog } from "../swf-fixture";

const gap = 100;

function job(submit: number, wait: number, run: number, user = 1): LoggedTimes {
  return { submit, wait, run, user };
}

test("a job within the gap after the end of the user's earlier job follows it, and a later one does not", () => {
  const follows = sessionsOf([job(0, 5, 10), job(115, 0, 10), job(225.5, 0, 10)], gap);
  expect(follows).toEqual([undefined, { place: 0, thinkSeconds: 100 }, undefined]);
});

test("the jobs of a batch keep their distance to its first job", () => {
  const batch = [job(0, 0, 10), job(30, 0, 50), job(35, 0, 5), job(38, 0, 1)];
  expect(sessionsOf(batch, gap)).toEqual([
    undefined,
    { place: 0, thinkSeconds: 20 },
    { place: 0, thinkSeconds: 25 },
    { place: 0, thinkSeconds: 28 },
  ]);
  // The first batch of a session is submitted when the log says.
  expect(sessionsOf([job(0, 0, 10), job(9, 0, 10)], gap)).toEqual([undefined, undefined]);
});

test("a batch follows that job of the ones before which had ended last", () => {
  const long = sessionsOf([job(0, 0, 60), job(10, 0, 5), job(70, 0, 1)], gap);
  expect(long.at(-1)).toEqual({ place: 0, thinkSeconds: 10 });
  const running = sessionsOf([job(0, 0, 900), job(10, 0, 5), job(70, 0, 1)], gap);
  expect(running.at(-1)).toEqual({ place: 1, thinkSeconds: 55 });
});

test("a job that is submitted at the moment of the end follows it without thinking", () => {
  expect(sessionsOf([job(0, 0, 10), job(10, 0, 5)], 0)).toEqual([
    undefined,
    { place: 0, thinkSeconds: 0 },
  ]);
});

test("users have sessions of their own, and jobs of unknown users have none", () => {
  const jobs = [job(0, 0, 10, 1), job(20, 0, 10, 2), job(30, 0, 10, -1), job(50, 0, 10, -1)];
  expect(sessionsOf(jobs, gap)).toEqual(jobs.map(() => undefined));
});

test("an unknown wait counts as none", () => {
  const follows = sessionsOf([job(0, -1, 10), job(15, -1, 10)], gap);
  expect(follows[1]).toEqual({ place: 0, thinkSeconds: 5 });
});

const log = fc
  .array(
    fc.record({
      after: fc.integer({ min: 0, max: 60 }),
      wait: fc.integer({ min: 0, max: 200 }),
      run: fc.integer({ min: 1, max: 200 }),
      user: fc.integer({ min: -1, max: 3 }),
    }),
    { maxLength: 60 },
  )
  .map((drawn) => {
    let submit = 0;
    return drawn.map(({ after, ...rest }) => {
      submit += after;
      return { ...rest, submit };
    });
  });

/** Submit times under a scheduler that lets the job at each place wait so long. */
function replayed(jobs: readonly LoggedTimes[], waitOf: (place: number) => number): number[] {
  const submits: number[] = [];
  for (const [place, follows] of sessionsOf(jobs, gap).entries()) {
    if (follows === undefined) {
      submits.push(jobs[place]?.submit ?? 0);
      continue;
    }
    const before = submits[follows.place] ?? 0;
    const end = before + waitOf(follows.place) + (jobs[follows.place]?.run ?? 0);
    submits.push(end + follows.thinkSeconds);
  }
  return submits;
}

test("a scheduler with exactly the log's waits gets every job when the log has it", () => {
  fc.assert(
    fc.property(log, (jobs) => {
      expect(replayed(jobs, (place) => jobs[place]?.wait ?? 0)).toEqual(
        jobs.map(({ submit }) => submit),
      );
    }),
  );
});

test("on a real log, half of the jobs follow another, and its own waits give its own submit times", async ({
  skip,
}) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no real log");
  const jobs: LoggedTimes[] = [];
  for await (const batch of new SwfReading(file, "tolerant").batches()) {
    jobs.push(...batch.filter((record) => unusable(record) === null));
  }
  expect(jobs).toHaveLength(4606);
  const follow = (within: number) =>
    sessionsOf(jobs, within).filter((follows) => follows !== undefined).length;
  expect([600, 1200, 3600].map(follow)).toEqual([1845, 2256, 2727]);
  expect(replayed(jobs, (place) => jobs[place]?.wait ?? 0)).toEqual(
    jobs.map(({ submit }) => submit),
  );
});

test("a slower scheduler gets no job of a session earlier than the log has it", () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 0, max: 500 }), (jobs, more) => {
      const submits = replayed(jobs, (place) => (jobs[place]?.wait ?? 0) + more);
      for (const [place, submit] of submits.entries()) {
        expect(submit).toBeGreaterThanOrEqual(jobs[place]?.submit ?? 0);
      }
    }),
  );
});

test("a job only follows an earlier one of its user that had ended, after a think time of at least 0", () => {
  fc.assert(
    fc.property(log, (jobs) => {
      for (const [place, follows] of sessionsOf(jobs, gap).entries()) {
        const [own, before] = [jobs[place], jobs[follows?.place ?? -1]];
        if (own === undefined || before === undefined || follows === undefined) continue;
        expect(follows.place).toBeLessThan(place);
        expect(before.user).toBe(own.user);
        expect(follows.thinkSeconds).toBeGreaterThanOrEqual(0);
        expect(loggedEnd(before)).toBeLessThanOrEqual(own.submit);
      }
    }),
  );
});
