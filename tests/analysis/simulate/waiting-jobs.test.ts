import fc from "fast-check";
import { expect, test } from "vitest";
import { jobColumns } from "../../../analysis/simulate/job";
import { WaitingJobs } from "../../../analysis/simulate/waiting-jobs";

const procs = 16;

test("the next job that fits is the one that a scan finds, however many came and went", () => {
  const job = fc.record({
    size: fc.integer({ min: 1, max: procs }),
    estimate: fc.integer({ min: 1, max: 100 }),
    /** Which of the waiting jobs leave after it came, by share of the queue. */
    leaving: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 2 }),
    free: fc.integer({ min: 0, max: procs }),
    spare: fc.integer({ min: 0, max: procs }),
    shadow: fc.integer({ min: 0, max: 100 }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 300, size: "max" }), (jobs) => {
      const columns = jobColumns(
        jobs.map(({ size, estimate }, index) => ({
          job: index,
          submit: index,
          size,
          run: 0,
          estimate,
        })),
        procs,
      );
      const waiting = WaitingJobs.none(columns);
      let queue: number[] = [];
      const places = () => {
        const found: number[] = [];
        for (let place = waiting.next(0); place !== null; place = waiting.next(place + 1)) {
          found.push(place);
        }
        return found;
      };
      for (const [index, { leaving, free, spare, shadow, from }] of jobs.entries()) {
        waiting.add(index);
        queue.push(index);
        for (const share of leaving) {
          const at = Math.floor(share * queue.length);
          const place = places()[at];
          if (place === undefined) continue;
          waiting.remove(place);
          queue = queue.filter((_, other) => other !== at);
        }
        const found = places();
        expect(found.map((place) => waiting.job(place))).toEqual(queue);
        const sizes = queue.map((waiter) => jobs[waiter]?.size ?? 0);
        expect(waiting.smallestSize()).toBe(Math.min(...sizes));

        const first = Math.floor(from * queue.length);
        const expected = queue.findIndex((waiter, at) => {
          const { size = 0, estimate = 0 } = jobs[waiter] ?? {};
          return at >= first && size <= free && (size <= spare || 3 + estimate <= shadow);
        });
        const start = found[first];
        const next =
          start === undefined ? null : waiting.nextFitting(start, free, spare, 3, shadow);
        expect(next).toBe(found[expected] ?? null);
      }
    }),
    { numRuns: 40 },
  );
});

test("a copy does not change with its original", () => {
  const columns = jobColumns([{ job: 1, submit: 0, size: 2, run: 1, estimate: 1 }], procs);
  const waiting = WaitingJobs.none(columns);
  waiting.add(0);
  const copy = waiting.copy();
  waiting.remove(0);
  expect([waiting.smallestSize(), copy.smallestSize()]).toEqual([Number.POSITIVE_INFINITY, 2]);
});
