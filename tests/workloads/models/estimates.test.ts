import fc from "fast-check";
import { expect, test } from "vitest";
import { popularLimits, requestedTime } from "../../../workloads/models/estimates";
import { randomStreams } from "../../../workloads/models/random";

test("a request is popular or whole days, and never below the run time", () => {
  const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), uniform, (run, drawn) => {
      const request = requestedTime(run, () => drawn);
      expect(request).toBeGreaterThanOrEqual(run);
      expect(popularLimits.includes(request) || request % 86_400 === 0).toBe(true);
    }),
  );
});

test("an exact request is rounded up to the next popular limit", () => {
  expect(requestedTime(60, () => 0)).toBe(60);
  expect(requestedTime(61, () => 0)).toBe(120);
  expect(requestedTime(3600, () => 0.5)).toBe(7200);
});

test("beyond 48 hours the request is 48 hours, or the run time in whole days", () => {
  expect(requestedTime(100_000, () => 0.99)).toBe(172_800);
  expect(requestedTime(200_000, () => 0.99)).toBe(259_200);
});

test("most users ask for more than twice what they use", () => {
  const { estimates } = randomStreams(1);
  const accuracies = Array.from({ length: 5000 }, () => 600 / requestedTime(600, estimates));
  const half = accuracies.filter((accuracy) => accuracy < 0.5).length / 5000;
  expect(half).toBeGreaterThan(0.45);
  expect(half).toBeLessThan(0.75);
});
