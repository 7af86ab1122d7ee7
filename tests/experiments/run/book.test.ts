import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JobBook } from "../../../experiments/run/book";
import { kubernetesPlacement } from "../../../experiments/schedulers/kubernetes/placement";
import { slurmPlacement } from "../../../experiments/schedulers/slurm/hostlist";
import type { EventRecord, JobRecord } from "../../../store/record";
import { oneCoreJob } from "../one-core-job";
import { answer, bookOf, job, outcome } from "./book-fixture";

const at = 1_774_000_000_000;
/** Slurm's clock shows whole seconds. */
const resolutionMs = { submit: 1000 };

function open(
  placement = slurmPlacement,
  cores = 1,
): {
  book: JobBook;
  record: () => JobRecord;
  events: EventRecord[];
} {
  const planned = oneCoreJob({ cores });
  const events: EventRecord[] = [];
  const book = new JobBook(
    [planned],
    { resolutionMs, placement },
    { job: () => {}, event: (event) => events.push(event) },
  );
  book.plan({ startAt: at, factor: 1 });
  const record = () => {
    const known = book.record(1);
    if (known === undefined) throw new Error("the book has no job 1");
    return known;
  };
  return { book, record, events };
}

const accepted = (startedAt: number) => ({
  startedAt,
  finishedAt: startedAt + 8,
  schedulerJob: "100",
  error: null,
  uncertain: false,
});

describe("a job whose answer was lost", () => {
  test("has the time of its call where the call is known, whatever the scheduler says", () => {
    const { book, record } = open();
    book.called(1, at + 12);
    book.adopted(1, "100", at + 1000);
    expect(record()).toMatchObject({
      state: "submitted",
      schedulerJob: "100",
      submitStartedAt: at + 12,
      submitFinishedAt: null,
      submitSource: "harness",
      submitResolutionMs: 0.001,
    });
  });

  test("has the scheduler's own time where no call is known, with its source and resolution", () => {
    const { book, record } = open();
    book.adopted(1, "100", at + 1000);
    expect(record()).toMatchObject({
      submitStartedAt: at + 1000,
      submitSource: "scheduler",
      submitResolutionMs: 1000,
    });
  });

  test("has the scheduler's own time as soon as its records tell it", () => {
    const { book, record } = open();
    book.adopted(1, null, null);
    expect(record()).toMatchObject({ state: "submitted", submitStartedAt: null });
    book.moment({ job: 1, schedulerJob: "100", event: "submit", at: at + 2000 });
    book.outcome({
      job: 1,
      schedulerJob: "100",
      state: "completed",
      detail: "COMPLETED",
      exitCode: 0,
      nodes: ["node01"],
      allocatedCores: 1,
    });
    expect(record()).toMatchObject({ submitStartedAt: at + 2000, submitSource: "scheduler" });
  });

  test("counts from its first call when it is handed over again", () => {
    const { book, record } = open();
    book.called(1, at + 12);
    book.answered(1, accepted(at + 30_000));
    expect(record()).toMatchObject({
      submitStartedAt: at + 12,
      submitFinishedAt: at + 30_008,
      submitSource: "harness",
    });
  });

  test("counts from its call, which is exact, where that is learnt after the scheduler's time", () => {
    const { book, record } = open();
    book.adopted(1, "100", at + 1000);
    book.called(1, at + 1400);
    expect(record()).toMatchObject({ submitStartedAt: at + 1400, submitSource: "harness" });
  });

  test("has the earliest of its calls, in whatever order they are told", () => {
    const call = fc.nat(100_000);
    fc.assert(
      fc.property(fc.array(call, { minLength: 1 }), fc.option(call), (calls, scheduler) => {
        const { book, record } = open();
        if (scheduler !== null) book.adopted(1, "100", at + scheduler);
        for (const each of calls) book.called(1, at + each);
        if (scheduler !== null) book.adopted(1, "100", at + scheduler);
        expect(record()).toMatchObject({
          submitStartedAt: at + Math.min(...calls),
          submitSource: "harness",
        });
      }),
    );
  });
});

test("what is told of a double that was cancelled changes nothing of the job that stays", () => {
  const { book, record } = open();
  book.answered(1, accepted(at));
  book.doubled(1, "100", ["101"]);
  const before = record();
  book.moment({ job: 1, schedulerJob: "101", event: "start", at: at + 5000 });
  book.wrapper({
    event: "end",
    job: 1,
    schedulerJob: "101",
    at: at + 6000,
    nodes: "",
    nodeCores: "",
    exitCode: 143,
  });
  book.outcome({
    job: 1,
    schedulerJob: "101",
    state: "cancelled",
    detail: "CANCELLED",
    exitCode: null,
    nodes: [],
    allocatedCores: null,
  });
  expect(record()).toEqual(before);
});

describe("a start that the wrapper of a gang notes", () => {
  const start = {
    event: "start" as const,
    job: 1,
    schedulerJob: "100",
    at: at + 5000,
    nodes: "node01",
    nodeCores: "",
    exitCode: null,
  };
  const nodesOf = (events: readonly EventRecord[]) =>
    events.find(({ source, event }) => source === "wrapper" && event === "start")?.nodes;

  test("names all nodes where the scheduler's environment does", () => {
    const { book, events } = open(slurmPlacement, 2);
    book.wrapper({ ...start, nodes: "node[01-02]", nodeCores: "1(x2)" });
    expect(nodesOf(events)).toEqual(["node01", "node02"]);
  });

  test("names none where it sees its own alone: all cores would be counted on that one", () => {
    const { book, record, events } = open(kubernetesPlacement, 2);
    book.wrapper(start);
    expect(nodesOf(events)).toBeUndefined();
    // Its output is there.
    expect(record()).toMatchObject({ state: "running", nodes: ["node01"] });
  });

  test("names the one node of a job of one core", () => {
    const { book, events } = open(kubernetesPlacement, 1);
    book.wrapper(start);
    expect(nodesOf(events)).toEqual(["node01"]);
  });
});

test("a job that was put back does not count as one that runs, and is not waited for when it is cancelled", () => {
  const { book } = bookOf(job);
  book.answered(1, answer);
  const line = { job: 1, schedulerJob: "41", nodeCores: "2" };
  book.wrapper({ ...line, event: "start", at: 2_000, nodes: "node01", exitCode: null });
  expect(book.counts().running).toBe(1);
  book.moment({ job: 1, schedulerJob: "41", event: "end", at: 5_000, former: true });
  expect(book.counts().running).toBe(0);
  book.wrapper({ ...line, event: "end", at: 4_900, nodes: "node01", exitCode: 143 });
  book.outcome({ ...outcome, state: "cancelled" });
  expect(book.awaitingWrapper()).toBe(0);
});

test("the end of a former attempt, told late by the node that it was on, does not count", () => {
  const { book, written } = bookOf(job);
  book.answered(1, answer);
  const line = { job: 1, schedulerJob: "41", nodeCores: "2" };
  book.wrapper({ ...line, event: "start", at: 2_000, nodes: "node01", exitCode: null });
  book.wrapper({ ...line, event: "start", at: 9_000, nodes: "node02", exitCode: null });
  book.wrapper({ ...line, event: "end", at: 4_000, nodes: "node01", exitCode: 143 });
  expect(book.record(1)).toMatchObject({ nodes: ["node02"], start: { at: 9_000 }, end: null });
  book.wrapper({ ...line, event: "end", at: 14_000, nodes: "node02", exitCode: 0 });
  book.outcome({ ...outcome, nodes: ["node02"] });
  expect(written.at(-1)).toMatchObject({
    state: "completed",
    exitCode: 0,
    start: { at: 9_000 },
    end: { at: 14_000 },
  });
});
