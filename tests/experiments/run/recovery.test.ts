import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RemoteError } from "../../../experiments/remote/executor";
import { Recovery } from "../../../experiments/run/recovery";
import { RunStopped } from "../../../experiments/run/stop";
import type {
  AccountedJob,
  SchedulerAdapter,
  Settled,
  Submission,
  SubmissionKey,
  SubmitAnswer,
} from "../../../experiments/schedulers/adapter";
import { accountedJob } from "./accounted-job";

const unreachable = () =>
  new RemoteError("connection lost", {
    host: "controller",
    step: "look at the jobs",
    command: "scontrol",
    exitCode: null,
    tail: "",
  });

const answer = (change: Partial<SubmitAnswer> = {}): SubmitAnswer => ({
  startedAt: 10,
  finishedAt: 20,
  schedulerJob: null,
  error: null,
  uncertain: false,
  ...change,
});

interface Scene {
  /** What is found out of lost submissions, call by call; an error stands for a failed question. */
  readonly settle?: (lost: readonly SubmissionKey[]) => Settled[] | Error;
  /** The looks at the scheduler's jobs, one after another; the last one is repeated. */
  readonly looks?: readonly (readonly AccountedJob[] | Error)[];
  readonly idempotent?: boolean;
  readonly patienceMs?: number;
  readonly guardMs?: number;
}

let recovery: Recovery;
afterEach(() => recovery.close());

function open({ settle, looks = [[]], idempotent = false, ...times }: Scene) {
  const stop = new AbortController();
  let look = 0;
  const calls = {
    settled: [] as (readonly SubmissionKey[])[],
    cancelled: [] as string[],
    doubles: [] as { job: number; kept: string; surplus: readonly string[] }[],
    warnings: [] as string[],
    looks: () => look,
    stop: (reason: Error) => stop.abort(reason),
  };
  const submission = {
    idempotent,
    settle: async (lost: readonly SubmissionKey[]) => {
      calls.settled.push(lost);
      const told = settle?.(lost) ?? lost.map(() => ({ kind: "called", at: 10 }) as const);
      if (told instanceof Error) throw told;
      return told;
    },
  } as unknown as Submission;
  const adapter = {
    accounting: async () => {
      const seen = looks[Math.min(look++, looks.length - 1)] ?? [];
      if (seen instanceof Error) throw seen;
      return seen;
    },
    cancel: async (jobs: readonly string[]) => void calls.cancelled.push(...jobs),
  } as unknown as SchedulerAdapter;
  recovery = new Recovery({
    adapter,
    submission,
    signal: stop.signal,
    warn: (message) => calls.warnings.push(message),
    onDouble: (job, kept, surplus) => calls.doubles.push({ job, kept, surplus }),
    times: {
      gatherMs: 5,
      pauseMs: 2,
      lookGapMs: 2,
      patienceMs: 5_000,
      guardMs: 0,
      guardEveryMs: 5,
      ...times,
    },
  });
  return calls;
}

const first: SubmissionKey = { job: 1, submission: 1 };

describe("a submission without an answer", () => {
  test("that was revoked is absent, without a look at the scheduler", async () => {
    const calls = open({ settle: () => [{ kind: "revoked" }] });
    expect(await recovery.settle(first, null)).toEqual({ kind: "absent", calledAt: null });
    expect(calls.looks()).toBe(0);
  });

  test("is answered where the answer is found after all", async () => {
    const late = answer({ schedulerJob: "100" });
    const calls = open({ settle: () => [{ kind: "answered", answer: late }] });
    expect(await recovery.settle(first, null)).toEqual({ kind: "answered", answer: late });
    expect(calls.looks()).toBe(0);
  });

  test("is found where the scheduler has the job, and keeps the time of its call", async () => {
    const job = accountedJob();
    open({ looks: [[accountedJob({ job: 2 }), job]] });
    expect(await recovery.settle(first, null)).toEqual({ kind: "found", job, calledAt: 10 });
  });

  test("is found where the job has ended already", async () => {
    const job = accountedJob({ waiting: false, state: "COMPLETED", startAt: 1000, endAt: 2000 });
    open({ looks: [[job]] });
    expect(await recovery.settle(first, null)).toMatchObject({ kind: "found", job });
  });

  test("is found by the second look where the scheduler was still at work at the first", async () => {
    const calls = open({ looks: [[], [accountedJob()]] });
    expect(await recovery.settle(first, null)).toMatchObject({ kind: "found" });
    expect(calls.looks()).toBe(2);
  });

  test("is not taken for absent while looks fail", async () => {
    const calls = open({ looks: [unreachable(), unreachable(), [accountedJob()]] });
    expect(await recovery.settle(first, null)).toMatchObject({ kind: "found" });
    expect(calls.warnings).toHaveLength(2);
    expect(calls.warnings[0]).toContain("waiting for a look at the scheduler's jobs");
  });

  test("is absent after two looks that succeeded, or one where it cannot be doubled", async () => {
    const twice = open({ looks: [unreachable(), []] });
    expect(await recovery.settle(first, null)).toEqual({ kind: "absent", calledAt: 10 });
    expect(twice.looks()).toBe(3);
    const once = open({ idempotent: true });
    expect(await recovery.settle(first, null)).toEqual({ kind: "absent", calledAt: 10 });
    expect(once.looks()).toBe(1);
  });

  test("is asked for again until nothing of it is on its way", async () => {
    let asked = 0;
    open({ settle: () => (++asked < 3 ? unreachable() : [{ kind: "revoked" }]) });
    expect(await recovery.settle(first, null)).toMatchObject({ kind: "absent" });
    expect(asked).toBe(3);
  });
});

test("an uncertain answer is looked for at once: its call is over", async () => {
  const calls = open({ looks: [[accountedJob()]] });
  const uncertain = answer({ uncertain: true, startedAt: 77, error: "timed out" });
  expect(await recovery.settle(first, uncertain)).toMatchObject({ kind: "found", calledAt: 77 });
  expect(calls.settled).toEqual([]);
});

test("an uncertain answer that is found later counts as no answer", async () => {
  const uncertain = answer({ uncertain: true, startedAt: 33, error: "Socket timed out" });
  const calls = open({ settle: () => [{ kind: "answered", answer: uncertain }] });
  expect(await recovery.settle(first, null)).toEqual({ kind: "absent", calledAt: 33 });
  expect(calls.looks()).toBe(2);
});

test("submissions that are lost together are settled together, each with its own fate", async () => {
  const job = accountedJob({ job: 3 });
  const calls = open({
    settle: (lost) =>
      lost.map(({ job: id }) =>
        id === 2 ? { kind: "revoked" } : ({ kind: "called", at: 100 * id } as const),
      ),
    looks: [[job]],
  });
  const fates = await Promise.all(
    [1, 2, 3].map((id) => recovery.settle({ job: id, submission: 1 }, null)),
  );
  expect(fates).toEqual([
    { kind: "absent", calledAt: 100 },
    { kind: "absent", calledAt: null },
    { kind: "found", job, calledAt: 300 },
  ]);
  expect(calls.settled).toHaveLength(1);
  expect(calls.looks()).toBe(2);
});

test("a submission that is lost while others are settled gets a round of its own", async () => {
  const calls = open({});
  const early = recovery.settle(first, null);
  await vi.waitUntil(() => calls.settled.length === 1);
  const late = recovery.settle({ job: 2, submission: 1 }, null);
  await Promise.all([early, late]);
  expect(calls.settled).toEqual([[first], [{ job: 2, submission: 1 }]]);
});

test("a controller that stays away ends the run, in words that name what was waited for", async () => {
  open({ settle: unreachable, patienceMs: 20 });
  const fate = recovery.settle(first, null);
  await expect(fate).rejects.toBeInstanceOf(RunStopped);
  await expect(fate).rejects.toThrow(
    /waited 0\.02 s to end submissions without an answer: .*connection lost/,
  );
});

test("a run that is stopped ends the wait with its own reason", async () => {
  const calls = open({ settle: unreachable });
  const fate = recovery.settle(first, null);
  await vi.waitUntil(() => calls.warnings.length > 0);
  const reason = new RunStopped("interrupted", "SIGINT");
  calls.stop(reason);
  await expect(fate).rejects.toBe(reason);
});

test("an error of our own is thrown at once and not taken for a lost connection", async () => {
  open({ settle: () => new TypeError("no such column") });
  await expect(recovery.settle(first, null)).rejects.toThrow("no such column");
});

describe("after a job may be handed over again", () => {
  const kept = accountedJob({ schedulerJob: "101", submission: "1-2", waiting: false, startAt: 5 });

  test("the first hand-over is cancelled should it turn up all the same", async () => {
    const calls = open({ looks: [[], [], [kept], [kept, accountedJob()]], guardMs: 5_000 });
    expect(await recovery.settle(first, null)).toMatchObject({ kind: "absent" });
    await vi.waitUntil(() => calls.doubles.length > 0);
    expect(calls.doubles[0]).toEqual({ job: 1, kept: "101", surplus: ["100"] });
    expect(calls.cancelled).toContain("100");
  });

  test("the run is uncertain for as long as the first hand-over could still be read", async () => {
    open({ guardMs: 60 });
    expect(recovery.uncertain()).toBe(false);
    const fate = recovery.settle(first, null);
    expect(recovery.uncertain()).toBe(true);
    await fate;
    expect(recovery.uncertain()).toBe(true);
    await vi.waitUntil(() => !recovery.uncertain());
  });

  test("nothing is watched where a job's name cannot be made twice", async () => {
    const calls = open({ idempotent: true, guardMs: 5_000 });
    await recovery.settle(first, null);
    expect(recovery.uncertain()).toBe(false);
    await delay(30);
    expect(calls.looks()).toBe(1);
  });

  test("a failed look does not end the watch", async () => {
    const looks = [[], [], unreachable(), [kept, accountedJob()]];
    const calls = open({ looks, guardMs: 5_000 });
    await recovery.settle(first, null);
    await vi.waitUntil(() => calls.cancelled.includes("100"));
    expect(calls.warnings.join()).toContain("connection lost");
  });
});
