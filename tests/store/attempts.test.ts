import fc from "fast-check";
import { expect, test } from "vitest";
import { attemptsOf, holdingsOf } from "../../store/attempts";
import type { EventRecord, JobRecord } from "../../store/record";
import { jobRecord } from "./run-fixture";

const seen = (at: number) => ({ at, source: "wrapper" as const, resolutionMs: 0.001 });

const job = (change: Partial<JobRecord> = {}): JobRecord =>
  jobRecord(1, "user01", 2, [1, null, null], { start: seen(2000), end: seen(9000), ...change });

const wrapper = (event: EventRecord["event"], at: number): EventRecord => ({
  job: 1,
  event,
  at,
  source: "wrapper",
  resolutionMs: 0.001,
  schedulerJob: "41",
  ...(event === "start" ? { nodes: ["node01", "node02"], nodeCores: [1, 1] } : {}),
});

const scheduler = (event: EventRecord["event"], at: number): EventRecord => ({
  job: 1,
  event,
  at,
  source: "scheduler",
  resolutionMs: 1000,
});

const held = (events: readonly EventRecord[], record = job()) =>
  attemptsOf([record], events).map((attempt) => attempt.held.map(({ from, to }) => [from, to]));

test("a job that started once has one attempt, on the nodes that its wrapper saw", () => {
  const [attempt, ...others] = attemptsOf([job()], [wrapper("start", 2000), wrapper("end", 9000)]);
  expect(others).toEqual([]);
  expect(attempt).toMatchObject({
    attempt: 1,
    nodes: ["node01", "node02"],
    nodeCores: [1, 1],
    cores: 2,
    held: [{ from: 2000, to: 9000 }],
  });
});

test("a job without a wrapper's word has the attempt of its record, its cores on its only node", () => {
  expect(attemptsOf([job()], [])).toMatchObject([
    { nodes: ["node01"], nodeCores: [2], held: [{ from: 2000, to: 9000 }] },
  ]);
});

test("a job that never started has no attempt", () => {
  expect(attemptsOf([job({ start: null, end: null })], [scheduler("submit", 1000)])).toEqual([]);
});

test("a suspended job holds nothing until it is resumed", () => {
  const events = [
    wrapper("start", 2000),
    wrapper("suspend", 3000),
    wrapper("resume", 6000),
    wrapper("end", 9000),
  ];
  expect(held(events)).toEqual([
    [
      [2000, 3000],
      [6000, 9000],
    ],
  ]);
  expect(held([...events.slice(0, 2), wrapper("end", 9000)])).toEqual([[[2000, 3000]]]);
});

test("a requeued job holds its cores in each attempt and none in between", () => {
  const events = [
    wrapper("start", 2000),
    wrapper("end", 4000),
    wrapper("start", 7000),
    wrapper("end", 9000),
  ];
  expect(held(events)).toEqual([[[2000, 4000]], [[7000, 9000]]]);
});

test("an attempt that was killed ends when the scheduler says so, and before the next one starts", () => {
  const last = [wrapper("start", 7000), wrapper("end", 9000)];
  expect(held([wrapper("start", 2000), scheduler("end", 4000), ...last])).toEqual([
    [[2000, 4000]],
    [[7000, 9000]],
  ]);
  expect(held([wrapper("start", 2000), scheduler("end", 7900), ...last])).toEqual([
    [[2000, 7000]],
    [[7000, 9000]],
  ]);
});

test("an attempt of which nobody saw the end holds an unknown time", () => {
  const events = [wrapper("start", 2000), wrapper("start", 7000), wrapper("end", 9000)];
  expect(held(events)).toEqual([[], [[7000, 9000]]]);
  expect(holdingsOf(attemptsOf([job()], events)).get(1)).toEqual({ all: null, last: 2000 });
});

test("only a job that did not hold its cores simply from start to end has a holding of its own", () => {
  const plain = [wrapper("start", 2000), wrapper("end", 9000)];
  const suspended = [...plain, wrapper("suspend", 3000), wrapper("resume", 4000)];
  expect(holdingsOf(attemptsOf([job()], plain)).size).toBe(0);
  expect(holdingsOf(attemptsOf([job({ end: null })], [wrapper("start", 2000)])).size).toBe(0);
  expect(holdingsOf(attemptsOf([job()], suspended)).get(1)).toEqual({ all: 6000, last: 6000 });
});

test("stretches are in order, apart, and within their attempts, whatever was seen", () => {
  const kinds = fc.constantFrom<EventRecord["event"]>("start", "suspend", "resume", "end");
  const event = fc.tuple(kinds, fc.integer({ min: 1, max: 50 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (drawn) => {
      const events = drawn.map(([kind, at, exact]) =>
        (exact ? wrapper : scheduler)(kind, at * 1000),
      );
      const attempts = attemptsOf([job()], events);
      let before = Number.NEGATIVE_INFINITY;
      for (const { start, end, held: stretches } of attempts) {
        expect(start.at).toBeGreaterThanOrEqual(before);
        before = start.at;
        for (const { from, to } of stretches) {
          expect(from).toBeGreaterThanOrEqual(before);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(end?.at ?? 0);
          before = to;
        }
      }
    }),
  );
});
