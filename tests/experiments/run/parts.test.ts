import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobBook } from "../../../experiments/run/book";
import { bestOffset } from "../../../experiments/run/clock";
import { costBetween } from "../../../experiments/run/collect";
import { newRunId } from "../../../experiments/run/directory";
import { quantile } from "../../../experiments/run/pace";
import { lineProgress, secondsLeft } from "../../../experiments/run/progress";
import { ReleaseQueue } from "../../../experiments/run/release-queue";
import { replay, steadyNow } from "../../../experiments/run/replay";
import { parseSample } from "../../../experiments/run/sampler";
import { daemonsScript, parseDaemons } from "../../../experiments/schedulers/daemons";
import type { WrapperEvent } from "../../../experiments/schedulers/wrapper";
import { runIdSchema } from "../../../store/record";
import { answer, bookOf, job, lateBookOf, outcome, unwrappedBookOf } from "./book-fixture";

const wrapped = (event: "start" | "end", at: number): WrapperEvent => ({
  job: 1,
  schedulerJob: "41",
  event,
  at,
  nodes: "node01",
  nodeCores: "2",
  exitCode: event === "end" ? 0 : null,
});

describe("the book of a run's jobs", () => {
  test("ends at the same record in whatever order the three sources speak", () => {
    const tell: ((book: JobBook) => void)[] = [
      (book) => book.answered(1, answer),
      (book) => {
        book.wrapper(wrapped("start", 2000.5));
        book.wrapper(wrapped("end", 7000.5));
      },
      (book) => {
        book.moment({ job: 1, schedulerJob: "41", event: "start", at: 2000 });
        book.moment({ job: 1, schedulerJob: "41", event: "end", at: 7000 });
        book.outcome(outcome);
      },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(tell, { minLength: 3 }), (order) => {
        const { book, written } = bookOf(job);
        book.plan({ startAt: 900, factor: 1 });
        for (const say of order) say(book);
        expect(written.at(-1)).toEqual({
          job: 1,
          planned: job,
          dueAt: 900,
          submitStartedAt: 1000,
          submitFinishedAt: 1010,
          submitSource: "harness",
          submitResolutionMs: 0.001,
          schedulerJob: "41",
          state: "completed",
          detail: "COMPLETED",
          exitCode: 0,
          allocatedCores: 2,
          nodes: ["node01"],
          start: { at: 2000.5, source: "wrapper", resolutionMs: 0.001 },
          end: { at: 7000.5, source: "wrapper", resolutionMs: 0.001 },
        });
        expect(book.allFinal()).toBe(true);
        expect(book.awaitingWrapper()).toBe(0);
      }),
    );
  });

  test("takes the scheduler's seconds where the wrapper was silent", () => {
    const { book, written } = bookOf(job);
    book.moment({ job: 1, schedulerJob: "41", event: "end", at: 7000 });
    book.outcome({ ...outcome, state: "node-failed" });
    expect(written.at(-1)).toMatchObject({
      state: "node-failed",
      end: { at: 7000, source: "scheduler", resolutionMs: 1000 },
    });
    expect(book.awaitingWrapper()).toBe(1);
  });

  test("waits for no wrapper of a job that has none, and knows from the scheduler that it runs", () => {
    const { book } = unwrappedBookOf(job);
    book.answered(1, answer);
    book.moment({ job: 1, schedulerJob: "41", event: "start", at: 2000 });
    expect(book.counts().running).toBe(1);
    book.outcome(outcome);
    expect(book.awaitingWrapper()).toBe(0);
    expect(book.record(1)).toMatchObject({ state: "completed", start: { source: "scheduler" } });
  });

  test("believes the scheduler's record against a lost submission answer", () => {
    const { book } = bookOf(job);
    book.outcome(outcome);
    book.answered(1, { ...answer, schedulerJob: null, error: "Socket timed out" });
    expect(book.record(1)?.state).toBe("completed");
  });

  test("takes the wrapper's exit code where the scheduler knows none", () => {
    const { book } = bookOf(job);
    book.outcome({ ...outcome, state: "cancelled", exitCode: null });
    expect(book.record(1)?.exitCode).toBeNull();
    book.wrapper({ ...wrapped("end", 7000), exitCode: 143 });
    expect(book.record(1)?.exitCode).toBe(143);
  });

  test("counts what is left to do", () => {
    const { book } = bookOf(job, { ...job, id: 2, cores: 1 });
    book.answered(1, answer);
    book.wrapper(wrapped("start", 2000));
    expect(book.counts()).toEqual({
      total: 2,
      submitted: 1,
      running: 1,
      done: 0,
      failed: 0,
      coreSecondsLeft: 15,
    });
    expect(lateBookOf(job).book.counts().running).toBeNull();
    expect(secondsLeft(book.counts(), 3, 4, 1)).toBe(3.75);
    expect(secondsLeft(book.counts(), 30, 4, 1)).toBe(30);
    // The schedule is the host's already.
    expect(secondsLeft(book.counts(), 0, 4, 60)).toBe(0.0625);
    expect(secondsLeft(book.counts(), 30, 4, 60)).toBe(30);
  });
});

describe("the replay", () => {
  test("releases no job before it is due, and jobs in order of due time", async () => {
    const jobs = [0.03, 0, 0.06, 0].map((submitSeconds, index) => ({
      id: index + 1,
      submitSeconds,
    }));
    const released: number[] = [];
    const signal = new AbortController().signal;
    const releases = await replay(
      new ReleaseQueue(jobs, { startAt: steadyNow(), factor: 1 }),
      { release: ({ job }) => released.push(job.id) },
      signal,
    );
    expect(released).toEqual([2, 4, 1, 3]);
    for (const { dueAt, releasedAt } of releases) expect(releasedAt).toBeGreaterThanOrEqual(dueAt);
  });

  test("stops at once when it is aborted", async () => {
    const abort = new AbortController();
    const jobs = [0, 3600].map((submitSeconds, index) => ({ id: index + 1, submitSeconds }));
    const releases = await replay(
      new ReleaseQueue(jobs, { startAt: steadyNow(), factor: 1 }),
      { release: () => abort.abort() },
      abort.signal,
    );
    expect(releases.map((release) => release.job)).toEqual([1]);
  });
});

test("a quantile is one of the values", () => {
  expect(quantile([], 0.99)).toBe(0);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([3, 1, 2], 0.99)).toBe(3);
});

test("of several exchanges the quickest tells the offset", () => {
  const slow = { sent: 0, node: 1090, received: 100 };
  const quick = { sent: 200, node: 1205, received: 210 };
  expect(bestOffset([slow, quick])).toEqual({ offsetMs: 1000, roundTripMs: 10 });
  expect(bestOffset([])).toBeNull();
});

test("run ids sort by time and are as the store wants them", () => {
  const early = newRunId(new Date("2026-11-21T23:30:00Z"));
  expect(early).toMatch(/^20261121T233000Z-/);
  expect(runIdSchema.safeParse(early).success).toBe(true);
  expect(early < newRunId(new Date("2026-11-21T23:30:01Z"))).toBe(true);
});

test("a sample is read with and without memory, and nothing else is", () => {
  expect(parseSample("node01", "1795306180546319 3300484 18714624 7.82")).toEqual({
    node: "node01",
    at: 1795306180546.319,
    cpuUsageUsec: 3300484,
    memoryBytes: 18714624,
    load: 7.82,
  });
  expect(parseSample("node01", "1795306180546319 3300484 - 7.82")?.memoryBytes).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const sample = parseSample("node01", text);
      expect(sample === null || Number.isFinite(sample.cpuUsageUsec)).toBe(true);
    }),
  );
});

test("a daemon's processes are added up, and a daemon that restarted counts from anew", () => {
  const before = parseDaemons("controller", "slurmctld 100 50 2048 100\n");
  expect(before).toEqual([
    { node: "controller", daemon: "slurmctld", cpuSeconds: 1.5, peakMemoryBytes: 2_097_152 },
  ]);
  const after = parseDaemons("controller", "slurmctld 200 50 2048 100\nslurmctld 50 0 1 100\n");
  expect(costBetween(before, after)[0]?.cpuSeconds).toBeCloseTo(1.5);
  expect(costBetween(after, before)[0]?.cpuSeconds).toBe(1.5);
  expect(() => daemonsScript(["a;b"], false)).toThrow(RangeError);
});

test("progress without a terminal is a line every few seconds and at every new phase", () => {
  const said: string[] = [];
  let now = 0;
  const progress = lineProgress(
    (line) => said.push(line),
    () => now,
  );
  const state = {
    phase: "replay",
    total: 2,
    submitted: 1,
    running: 1,
    done: 0,
    failed: 0,
    coreSecondsLeft: 10,
    secondsLeft: 65,
  };
  for (now = 0; now < 6_000; now += 250) progress.update(state);
  progress.update({ ...state, phase: "drain", failed: 1 });
  expect(said).toHaveLength(3);
  expect(said[0]).toBe("replay: 1/2 submitted, 1 running, 0 done, at least 1 min 05 s left");
  expect(said[2]).toContain("1 failed");
  progress.update({ ...state, phase: "collect", nodes: { schedulable: 3, total: 5 } });
  expect(said[3]).toContain("collect: 3/5 nodes, 1/2 submitted");
  progress.update({ ...state, phase: "idle", running: null });
  expect(said[4]).toContain("1/2 submitted, 0 done");
});
