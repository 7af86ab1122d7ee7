import { expect, test } from "vitest";
import { feedbackPlan } from "../../../workloads/feedback/plan";

const sessions = { kind: "sessions", gap: 1200 } as const;

function job(job: number, change: object = {}) {
  const known = { submit: 100 * job, wait: 0, run: 10, user: 1, preceding: -1, think: -1 };
  return { job, ...known, ...change };
}

test("the log's own preceding jobs and think times come before sessions, for all of its jobs", () => {
  const { follows, notes } = feedbackPlan(
    [job(1), job(2), job(3, { preceding: 1, think: 7 }), job(4, { preceding: 2 })],
    sessions,
  );
  expect(follows).toEqual([
    undefined,
    undefined,
    { place: 0, thinkSeconds: 7 },
    { place: 1, thinkSeconds: 190 },
  ]);
  expect(notes).toEqual([
    "2 of 4 jobs are submitted after an earlier one has ended, as the log says",
  ]);
});

test("a preceding job that is not replayed is counted, and its follower keeps its time", () => {
  const { follows, notes } = feedbackPlan([job(1), job(2, { preceding: 9 })], sessions);
  expect(follows).toEqual([undefined, undefined]);
  expect(notes[1]).toBe(
    "1 jobs follow one that is not replayed: they are submitted when the log says",
  );
});

test("a job that follows itself or a later one is refused", () => {
  expect(() => feedbackPlan([job(1, { preceding: 1 })], sessions)).toThrow(
    "job 1 of the trace has as its preceding job itself",
  );
  expect(() => feedbackPlan([job(1, { preceding: 2 }), job(2)], sessions)).toThrow(
    "job 2, which comes after it",
  );
});

test("sessions are found by the gap where the log names no preceding job", () => {
  const { follows, notes } = feedbackPlan([job(1), job(2, { wait: -1 })], sessions);
  expect(follows[1]).toEqual({ place: 0, thinkSeconds: 90 });
  expect(notes).toEqual([
    "1 of 2 jobs are submitted after an earlier one has ended, found with a gap of 1200 s of the log",
    "1 jobs of the log have no recorded wait: sessions are found as if they had not waited",
  ]);
  expect(feedbackPlan([job(1), job(2)], { ...sessions, gap: 89 }).follows[1]).toBeUndefined();
});
