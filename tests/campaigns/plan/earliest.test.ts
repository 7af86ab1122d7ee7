import { expect, test } from "vitest";
import { earliestSubmits } from "../../../campaigns/plan/earliest";
import { plannedLength } from "../../../campaigns/plan/length";
import { oneCoreJob } from "../../experiments/one-core-job";

const run = { runSeconds: 10, limitSeconds: 60 };
const jobs = [
  oneCoreJob({ ...run, submitSeconds: 5 }),
  // In the log, the one that it follows had waited.
  oneCoreJob({ ...run, id: 2, submitSeconds: 100, previous: { job: 1, thinkSeconds: 3 } }),
  oneCoreJob({ ...run, id: 3, submitSeconds: 101, previous: { job: 2, thinkSeconds: 3 } }),
  oneCoreJob({ id: 4, submitSeconds: 20, after: [{ type: "afterany", job: 3 }] }),
  oneCoreJob({ id: 5, submitSeconds: 90, after: [{ type: "afterok", job: 1 }] }),
];

test("a job that follows others, or depends on them, comes as if they had not waited", () => {
  expect(earliestSubmits(jobs)).toEqual([5, 18, 31, 41, 90]);
});

test("the length of a closed loop is not that of the log", () => {
  expect(plannedLength(jobs.slice(0, 3), 1)).toBe(41);
  const open = jobs.slice(0, 3).map(({ previous: _, ...job }) => job);
  expect(plannedLength(open, 1)).toBe(120);
});
