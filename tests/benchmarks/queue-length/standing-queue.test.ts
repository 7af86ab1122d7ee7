import { expect, test } from "vitest";
import { StandingQueue } from "../../../benchmarks/queue-length/standing-queue";
import type { JobRequest, Submission, SubmitAnswer } from "../../../experiments/schedulers/adapter";
import { randomStreams } from "../../../workloads/models/random";

const accepted: SubmitAnswer = {
  startedAt: 1,
  finishedAt: 2,
  schedulerJob: "7",
  error: null,
  uncertain: false,
};
const refused = { ...accepted, schedulerJob: null, error: "no such partition" };

interface Scheduler {
  readonly queue: StandingQueue;
  readonly submitted: JobRequest[];
  readonly failures: string[];
  readonly warnings: string[];
}

/** Answers one submission after another; the last answer is for all that follow. */
function scheduler(answers: readonly SubmitAnswer[], idempotent = true): Scheduler {
  const [submitted, failures, warnings]: [JobRequest[], string[], string[]] = [[], [], []];
  const submission = {
    idempotent,
    submit: async (request: JobRequest) => {
      submitted.push(request);
      return answers[submitted.length - 1] ?? answers.at(-1) ?? accepted;
    },
  } as Partial<Submission> as Submission;
  const queue = new StandingQueue({
    submission,
    shape: { cores: 1, meanSeconds: 90, users: ["user01"], places: 2 },
    uniform: randomStreams(1).runs,
    offsetMs: 0,
    warning: (message) => warnings.push(message),
    failure: (error) => failures.push(error.message),
  });
  return { queue, submitted, failures, warnings };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const moment = (job: number, event: "start" | "end", at: number) =>
  ({ job, schedulerJob: "7", event, at }) as const;
const over = (job: number, state: "completed" | "timeout" = "completed") => ({
  job,
  schedulerJob: "7",
  state,
  detail: state.toUpperCase(),
  exitCode: 0,
  nodes: [],
  allocatedCores: 1,
});

test("each job that ends is followed by a new one", async () => {
  const { queue, submitted } = scheduler([accepted]);
  queue.grow(5);
  await turn();
  expect(submitted.map(({ job }) => job.id)).toEqual([1, 2, 3, 4, 5]);
  expect(queue.answered).toBe(true);
  queue.observer.moment(moment(1, "start", 10));
  queue.observer.moment(moment(2, "start", 10));
  queue.observer.moment(moment(1, "end", 20));
  queue.observer.outcome(over(1));
  queue.observer.outcome(over(1));
  await turn();
  expect(submitted).toHaveLength(6);
  expect(queue.counts).toEqual({ accepted: 6, inside: 5, running: 1, over: 1 });
});

test("a longer queue keeps the jobs that are there", async () => {
  const { queue, submitted } = scheduler([accepted]);
  queue.grow(3);
  queue.grow(7);
  await turn();
  expect(submitted).toHaveLength(7);
});

test("after its stop nothing is submitted", async () => {
  const { queue, submitted, warnings } = scheduler([accepted]);
  queue.grow(2);
  queue.stop();
  queue.observer.outcome(over(1, "timeout"));
  await turn();
  expect(submitted).toHaveLength(2);
  expect(warnings).toEqual([]);
});

test("a start that is in the records only is taken from there, once", () => {
  const { queue } = scheduler([accepted]);
  queue.grow(2);
  const known = { schedulerJob: "7", submission: "x", waiting: false, submitAt: 1, endAt: null };
  queue.observer.moment(moment(1, "start", 10));
  queue.observer.moment(moment(2, "end", 40));
  queue.absorb([
    { ...known, job: 1, state: "RUNNING", startAt: 99 },
    { ...known, job: 2, state: "RUNNING", startAt: 30 },
    { ...known, job: 3, state: "RUNNING", startAt: 30 },
  ]);
  expect(queue.times().map(({ startAt }) => startAt)).toEqual([10, 30]);
});

test("a job that is refused ends the measurement, and is named", async () => {
  const { queue, failures } = scheduler([accepted, refused]);
  queue.grow(2);
  await turn();
  expect(failures).toEqual(["job 2 could not be submitted: no such partition"]);
  expect(queue.answered).toBe(false);
});

test("a submission without an answer is repeated where that cannot make a second job", async () => {
  const uncertain = { ...refused, error: "too many requests", uncertain: true };
  const repeated = scheduler([uncertain, uncertain, accepted]);
  repeated.queue.grow(1);
  await turn();
  expect(repeated.queue.answered).toBe(true);
  expect(repeated.submitted.map(({ job }) => job.id)).toEqual([1, 1, 1]);

  const unsafe = scheduler([uncertain, accepted], false);
  unsafe.queue.grow(1);
  await turn();
  expect(unsafe.failures).toEqual(["job 1 could not be submitted: too many requests"]);
});

test("a job that does not complete is told of", () => {
  const { queue, warnings } = scheduler([accepted]);
  queue.grow(1);
  queue.observer.outcome(over(1, "timeout"));
  expect(warnings).toEqual(["job 1 is timeout: TIMEOUT"]);
});
