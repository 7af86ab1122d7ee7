import fc from "fast-check";
import { expect, test } from "vitest";
import { mostAtOnce } from "../../workloads/at-once";

const job = (submitSeconds: number, runSeconds: number, cores = 1) => ({
  submitSeconds,
  runSeconds,
  cores,
});

test("jobs that need not wait are counted by the schedule, one that begins as another ends with it", () => {
  const jobs = [job(0, 10), job(5, 10), job(10, 5), job(100, 5)];
  expect(mostAtOnce(jobs, { capacityCores: 4 })).toBe(3);
  expect(mostAtOnce([], { capacityCores: 4 })).toBe(0);
});

test("once jobs may have to wait, as many count as fit, the smallest first", () => {
  const jobs = [job(0, 10, 8), job(1, 10, 2), job(2, 10, 3), job(500, 10, 2)];
  expect(mostAtOnce(jobs, { capacityCores: 8 })).toBe(3);
});

test("no order in which a cluster could run the jobs has more of them at once", () => {
  const jobs = fc.array(
    fc.record({
      submitSeconds: fc.integer({ min: 0, max: 30 }),
      runSeconds: fc.integer({ min: 1, max: 20 }),
      cores: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(jobs, fc.integer({ min: 8, max: 40 }), (list, capacityCores) => {
      expect(firstComeFirstServed(list, capacityCores)).toBeLessThanOrEqual(
        mostAtOnce(list, { capacityCores }),
      );
    }),
  );
});

/** Most jobs at once when each starts as soon as it fits, second by second. */
function firstComeFirstServed(
  jobs: readonly ReturnType<typeof job>[],
  capacityCores: number,
): number {
  const waiting = jobs.toSorted((one, other) => one.submitSeconds - other.submitSeconds);
  let running: { until: number; cores: number }[] = [];
  let most = 0;
  for (let now = 0; waiting.length > 0; now++) {
    running = running.filter(({ until }) => until > now);
    for (const next of [...waiting]) {
      const free = capacityCores - running.reduce((sum, { cores }) => sum + cores, 0);
      if (next.submitSeconds > now || next.cores > free) continue;
      waiting.splice(waiting.indexOf(next), 1);
      running.push({ until: now + next.runSeconds, cores: next.cores });
    }
    most = Math.max(most, running.length);
  }
  return most;
}
