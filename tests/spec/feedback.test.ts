import { expect, test } from "vitest";
import { parseSpec } from "../../spec/parse";

const messages = (workload: object): string[] => {
  try {
    parseSpec({ workload });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

test("feedback is absent where users submit when the log says, and one object where they do not", () => {
  const feedbackOf = (feedback: unknown) => {
    const { workload } = parseSpec({ workload: { kind: "poisson", feedback } });
    return workload.kind === "poisson" ? workload.feedback : "another kind";
  };
  expect(feedbackOf(undefined)).toBeUndefined();
  expect(feedbackOf("open")).toBeUndefined();
  expect(feedbackOf({ kind: "open" })).toBeUndefined();
  expect(feedbackOf("sessions")).toEqual({ kind: "sessions", gap: 1200 });
  expect(feedbackOf({ gap: "60" })).toEqual({ kind: "sessions", gap: 60 });
  expect(JSON.stringify(parseSpec({ workload: { feedback: "open" } }))).toBe(
    JSON.stringify(parseSpec({ workload: {} })),
  );
});

test("what feedback does not know is refused with its path", () => {
  const log = { kind: "trace", file: "log.swf", feedback: "sessions" };
  expect(messages({ feedback: "closed" }).at(-1)).toContain(
    'workload.feedback.kind: expected one of open, sessions, got "closed"',
  );
  expect(messages({ feedback: { gap: -1 } }).at(-1)).toContain("workload.feedback.gap: expected");
  expect(messages({ ...log, resample: 1 }).at(-1)).toContain(
    "workload.feedback: sessions are found by the recorded waits",
  );
  expect(messages({ ...log, resample: 0 })).toEqual([]);
  expect(messages({ ...log, compressIdle: { longerThan: 60 } }).at(-1)).toContain(
    "workload.feedback: sessions are told apart by idle time",
  );
  expect(messages({ kind: "poisson", feedback: "sessions", resample: 1 })).toEqual([]);
});
