import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type JobTimes,
  occupation,
  releases,
  type Window,
} from "../../../benchmarks/queue-length/history";

const always: Window = { from: 0, to: 1e9 };

function job(acceptedAt: number, startAt: number | null, endAt: number | null): JobTimes {
  return { acceptedAt, startAt, endAt };
}

test("an end is followed by the next start that no earlier end has", () => {
  // Two places; both end before either has a successor.
  const jobs = [
    job(0, 0, 1000),
    job(0, 0, 1100),
    job(0, 1300, 5000),
    job(0, 1350, 6000),
    job(0, null, null),
  ];
  expect(releases(jobs, 2, { from: 0, to: 2000 })).toEqual({
    pairs: 2,
    open: 0,
    meanMs: 275,
    medianMs: 250,
    p99Ms: 300,
  });
  expect(releases(jobs, 2, always)).toMatchObject({ pairs: 2, open: 2 });
});

test("an end in the window counts, whenever its successor starts, and no other", () => {
  const jobs = [job(0, 0, 1000), job(0, 2000, 3000), job(0, 3500, null)];
  expect(releases(jobs, 1, { from: 900, to: 1500 })).toMatchObject({ pairs: 1, meanMs: 1000 });
  expect(releases(jobs, 1, { from: 1001, to: 3001 })).toMatchObject({ pairs: 1, meanMs: 500 });
});

test("a job that was cancelled while it waited left no place", () => {
  const jobs = [job(0, 0, 1000), job(0, null, 500), job(0, 1200, null)];
  expect(releases(jobs, 1, always)).toMatchObject({ pairs: 1, open: 0, meanMs: 200 });
});

test("without an end there is no time", () => {
  expect(releases([job(0, 0, null)], 1, always)).toEqual({
    pairs: 0,
    open: 0,
    meanMs: null,
    medianMs: null,
    p99Ms: null,
  });
});

test("waiting and running jobs are weighted by their time in the window", () => {
  const jobs = [
    job(0, 1000, 3000),
    job(2500, 3000, null),
    job(0, null, null),
    job(Number.POSITIVE_INFINITY, null, null),
  ];
  expect(occupation(jobs, { from: 2000, to: 4000 })).toEqual({
    meanWaiting: 1.25,
    meanRunning: 1,
    started: 1,
    ended: 1,
  });
});

/** A cluster of some places in which each empty place waits for a drawn time. */
function history(places: number, runs: readonly number[], gaps: readonly number[]): JobTimes[] {
  const free = Array.from({ length: places }, () => 0);
  return runs.map((run, index) => {
    const place = free.indexOf(Math.min(...free));
    const startAt = index < places ? 0 : (free[place] ?? 0) + (gaps[index] ?? 0);
    free[place] = startAt + run;
    return job(0, startAt, startAt + run);
  });
}

test("all times together are those in which places stood empty", () => {
  const some = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), some, some, (places, runs, gaps) => {
      const jobs = history(places, runs, gaps);
      const asked = gaps.slice(places).reduce((sum, gap) => sum + gap, 0);
      const seen = releases(jobs, places, always);
      expect(seen.pairs).toBe(40 - places);
      expect(seen.open).toBe(places);
      // The last ends, which have no successor, need not be those of the same places.
      const starts = jobs.slice(places).reduce((sum, { startAt }) => sum + (startAt ?? 0), 0);
      const ends = jobs
        .map(({ endAt }) => endAt ?? 0)
        .toSorted((a, b) => a - b)
        .slice(0, 40 - places);
      const empty = starts - ends.reduce((sum, end) => sum + end, 0);
      expect((seen.meanMs ?? 0) * seen.pairs).toBeCloseTo(empty, 6);
      expect(empty).toBeGreaterThanOrEqual(asked);
    }),
  );
});
