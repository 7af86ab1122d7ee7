import { expect, test } from "vitest";
import { drawJob, type JobShape } from "../../../benchmarks/queue-length/jobs";
import { randomStreams } from "../../../workloads/models/random";

const shape: JobShape = { cores: 2, meanSeconds: 90, users: ["user01", "user02"], places: 400 };

function jobs(count: number, seed = 1) {
  const { runs } = randomStreams(seed);
  return Array.from({ length: count }, (_, index) => drawJob(index + 1, shape, runs));
}

test("a seed gives the same jobs, another seed others", () => {
  expect(jobs(600)).toEqual(jobs(600));
  expect(jobs(600)).not.toEqual(jobs(600, 2));
});

test("jobs that wait run for the mean and a third of it to either side, and no limit ends them", () => {
  const waiting = jobs(4000).slice(shape.places);
  for (const { runSeconds, limitSeconds } of waiting) {
    expect(runSeconds).toBeGreaterThanOrEqual(60);
    expect(runSeconds).toBeLessThanOrEqual(120);
    expect(limitSeconds).toBe(180);
  }
  const mean = waiting.reduce((sum, { runSeconds }) => sum + runSeconds, 0) / waiting.length;
  expect(mean).toBeCloseTo(90, -1);
});

test("the first jobs end at the steady rate although they begin together", () => {
  const all = jobs(1200);
  // Each place's first two jobs: how many end in each of three stretches of 20 s.
  const ends = all.slice(0, shape.places).flatMap(({ runSeconds }, index) => {
    const next = all[shape.places + index]?.runSeconds ?? 0;
    return [runSeconds, runSeconds + next];
  });
  const rate = shape.places / shape.meanSeconds;
  for (const from of [0, 20, 40]) {
    const seen = ends.filter((end) => end >= from && end < from + 20).length / 20;
    expect(Math.abs(seen / rate - 1)).toBeLessThan(0.25);
  }
});

test("users take turns", () => {
  expect(jobs(3).map(({ user }) => user)).toEqual(["user01", "user02", "user01"]);
});
