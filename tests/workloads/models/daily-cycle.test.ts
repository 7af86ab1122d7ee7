import { expect, test } from "vitest";
import { ArrivalClock, dailyCycle } from "../../../workloads/models/daily-cycle";
import { lublinParameters } from "../../../workloads/models/lublin-parameters";

const cycle = dailyCycle(lublinParameters.typeless.day);

test("the mean speed of the day is 1", () => {
  expect(cycle).toHaveLength(48);
  expect(cycle.reduce((sum, speed) => sum + speed, 0) / 48).toBeCloseTo(1, 12);
});

test("most jobs arrive around two o'clock, fewest in the early morning", () => {
  // The gamma's mode, (shape - 1) · scale = 28.4, counts half hours from 1.
  expect(cycle.indexOf(Math.max(...cycle))).toBe(27);
  expect([9, 10]).toContain(cycle.indexOf(Math.min(...cycle)));
});

test("a day of average arrivals is a day, however it is divided", () => {
  const clock = new ArrivalClock(cycle);
  for (let step = 0; step < 95; step += 1) clock.advance(900);
  expect(clock.advance(900)).toBeCloseTo(86_400, 6);
});

test("the clock passes quickly through an hour with many arrivals", () => {
  const clock = new ArrivalClock([...Array(24).fill(0.5), ...Array(24).fill(1.5)]);
  expect(clock.advance(100)).toBeCloseTo(200, 9);
  clock.advance(43_200 * 0.5 - 100);
  expect(clock.advance(150)).toBeCloseTo(43_300, 9);
});
