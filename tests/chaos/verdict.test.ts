import { expect, test } from "vitest";
import { type AccountedJob, type Evidence, judge, type StoredJob } from "./verdict";

const stored = (job: number, change: Partial<StoredJob> = {}): StoredJob => ({
  job,
  schedulerJob: String(100 + job),
  state: "completed",
  timed: true,
  ...change,
});

const accounted = (job: number, change: Partial<AccountedJob> = {}): AccountedJob => ({
  job,
  schedulerJob: String(100 + job),
  started: true,
  endedAt: 1_000_000,
  ...change,
});

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  planned: 2,
  status: "completed",
  killedAt: null,
  stored: [stored(1), stored(2)],
  accounted: [accounted(1), accounted(2)],
  ...change,
});

const clean = { lost: [], doubled: [] };

test("a run whose jobs are once in the store and once in the scheduler has lost nothing", () => {
  expect(judge(evidence())).toEqual(clean);
});

test("a job that was in the scheduler twice is doubled", () => {
  const twice = [accounted(1), accounted(2), accounted(2, { schedulerJob: "150" })];
  expect(judge(evidence({ accounted: twice })).doubled).toEqual([
    "job 2 is 102 and 150 to the scheduler",
  ]);
});

test("the same job seen in two looks at the accounting counts once", () => {
  expect(judge(evidence({ accounted: [accounted(1), accounted(2), accounted(2)] }))).toEqual(clean);
});

test("a completed job without a time is lost, for it leaves all means", () => {
  const untimed = [stored(1), stored(2, { timed: false })];
  expect(judge(evidence({ stored: untimed })).lost).toEqual([
    "job 2 (102) lacks a time and leaves all means",
  ]);
});

test("a job that the store does not know to its end is lost", () => {
  const open = [stored(1), stored(2, { state: "submitted" })];
  expect(judge(evidence({ stored: open })).lost).toEqual(["job 2 (102) is submitted in the store"]);
});

test("a planned job that never reached the scheduler is lost in a run that completed only", () => {
  const one = { accounted: [accounted(1)] };
  expect(judge(evidence(one)).lost).toEqual(["job 2 is not in the scheduler's accounting"]);
  expect(judge(evidence({ ...one, status: "interrupted" }))).toEqual(clean);
});

test("a harness that was killed need not know what ended after it, but all that ended before", () => {
  const open = [stored(1, { state: "running" }), stored(2, { state: "running" })];
  const killed = { status: "interrupted", stored: open, killedAt: 1_010_000 } as const;
  const late = [accounted(1), accounted(2, { endedAt: 1_009_000 })];
  expect(judge(evidence({ ...killed, accounted: late })).lost).toEqual([
    "job 1 (101) is running in the store",
  ]);
});

test("warm-up jobs, numbered behind the workload's, are none of the run's", () => {
  expect(judge(evidence({ accounted: [accounted(1), accounted(2), accounted(3)] }))).toEqual(clean);
});
