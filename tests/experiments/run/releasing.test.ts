import { expect, onTestFinished, test } from "vitest";
import type { JobBook } from "../../../experiments/run/book";
import type { Recovery } from "../../../experiments/run/recovery";
import { Releasing } from "../../../experiments/run/releasing";
import { steadyNow } from "../../../experiments/run/replay";
import { Submitter } from "../../../experiments/run/submit";
import type {
  JobRequest,
  SchedulerAdapter,
  Submission,
} from "../../../experiments/schedulers/adapter";
import type { WorkloadJob } from "../../../workloads/job";
import { oneCoreJob } from "../one-core-job";
import { bookOf } from "./book-fixture";

type Fate = "completed" | "failed" | "refused" | "vanishes";

/** A scheduler that answers after a while, and whose jobs end a while after that. */
class Scheduler {
  readonly requests: JobRequest[] = [];
  readonly handed: number[] = [];
  /** How coarse its times are. */
  tickMs = 1;

  constructor(
    readonly book: () => JobBook,
    readonly fates: Readonly<Record<number, Fate>> = {},
  ) {}

  readonly submission = {
    submit: async (request: JobRequest) => {
      const startedAt = steadyNow();
      const { id } = request.job;
      this.requests.push(request);
      this.handed.push(id);
      await new Promise((resolve) => setTimeout(resolve, 15));
      const state = this.fates[id] ?? "completed";
      const refused = state === "refused";
      if (state === "completed" || state === "failed") setTimeout(() => this.#end(id, state), 30);
      return {
        startedAt,
        finishedAt: steadyNow(),
        schedulerJob: refused ? null : `s${id}`,
        error: refused ? "no" : null,
        uncertain: false,
      };
    },
  } as unknown as Submission;

  #end(job: number, state: "completed" | "failed"): void {
    const schedulerJob = `s${job}`;
    const at = Math.floor(steadyNow() / this.tickMs) * this.tickMs;
    const moment = { job, schedulerJob, event: "end", at } as const;
    this.book().moment({ ...moment, resolutionMs: this.tickMs });
    const nodes = ["node01"];
    const ended = { detail: state, exitCode: 0, nodes, allocatedCores: 1 };
    this.book().outcome({ job, schedulerJob, state, ...ended });
  }
}

async function released(
  jobs: readonly WorkloadJob[],
  dependencies: "native" | "harness",
  fates: Readonly<Record<number, Fate>> = {},
  tickMs = 1,
) {
  const { book, written } = bookOf(...jobs);
  const scheduler = new Scheduler(() => book, fates);
  scheduler.tickMs = tickMs;
  const warn = () => {};
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const releasing = new Releasing({
    jobs,
    schedule: { startAt: steadyNow(), factor: 1 },
    book,
    adapter: {
      capabilities: { dependencies },
      accounting: async () => [],
    } as unknown as SchedulerAdapter,
    submitter: new Submitter(scheduler.submission, {} as Recovery, book, { warn }),
    body: () => ({ kind: "sleep", seconds: 0 }),
    signal: abort.signal,
    warn,
    onFailure: () => {},
    quietMs: 100,
    atLatestMs: 150,
  });
  const releases = await releasing.go();
  await releasing.answered();
  return { releases, scheduler, book, written };
}

const after = (job: number, type: "afterok" | "afterany" = "afterok") => ({
  after: [{ type, job }],
});
const chain = [
  oneCoreJob(),
  oneCoreJob({ id: 2, ...after(1) }),
  oneCoreJob({ id: 3, ...after(2) }),
];

test("a scheduler that lets jobs wait gets each at its time, with the numbers of those before it", async () => {
  const { releases, scheduler } = await released(chain, "native");
  expect(scheduler.requests.map((request) => request.after)).toEqual([
    [],
    [{ type: "afterok", schedulerJob: "s1" }],
    [{ type: "afterok", schedulerJob: "s2" }],
  ]);
  expect(new Set(releases.map(({ dueAt }) => dueAt)).size).toBe(1);
  // Late by the time of an answer.
  const [first, second] = releases;
  const late = (second?.releasedAt ?? 0) - (first?.releasedAt ?? 0);
  expect(late).toBeGreaterThan(13);
});

test("another scheduler gets a job when the one before it has ended, which is when it is due", async () => {
  const { releases, scheduler, book } = await released(chain, "harness");
  expect(scheduler.requests.every((request) => request.after?.length === 0)).toBe(true);
  for (const [index, { job, dueAt, releasedAt }] of releases.entries()) {
    expect(book.record(job)?.dueAt).toBe(dueAt);
    expect(releasedAt - dueAt).toBeLessThan(40);
    if (index > 0) expect(dueAt).toBeGreaterThanOrEqual(book.record(job - 1)?.end?.at ?? Infinity);
  }
});

test("no scheduler lets a job wait for another user's: the harness holds it back", async () => {
  const other = oneCoreJob({ id: 2, user: "user02", ...after(1) });
  const { scheduler, book } = await released([oneCoreJob(), other], "native");
  expect(scheduler.requests[1]?.after).toEqual([]);
  expect(book.record(2)?.dueAt).toBeGreaterThanOrEqual(book.record(1)?.end?.at ?? Infinity);
});

test.each(["native", "harness"] as const)(
  "what depends on a job that was refused is cancelled and says why, and so on (%s)",
  async (dependencies) => {
    const jobs = [...chain, oneCoreJob({ id: 4, ...after(1, "afterany") })];
    const { scheduler, book } = await released(jobs, dependencies, { 1: "refused" });
    expect(scheduler.handed).toEqual([1, 4]);
    expect(book.record(2)).toMatchObject({
      state: "cancelled",
      detail: "job 1, on which it depends, did not complete",
      schedulerJob: null,
    });
    expect(book.record(3)?.detail).toBe("job 2, on which it depends, did not complete");
  },
);

test("a dependency that is over when a job is due is not left to the scheduler", async () => {
  const jobs = [oneCoreJob(), oneCoreJob({ id: 2, submitSeconds: 0.2, ...after(1) })];
  const { scheduler } = await released(jobs, "native");
  expect(scheduler.requests[1]?.after).toEqual([]);
});

test("a job that the scheduler does not know any more holds nobody up", async () => {
  const follower = oneCoreJob({ id: 2, previous: { job: 1, thinkSeconds: 0 } });
  const { scheduler, book } = await released([oneCoreJob(), follower], "native", { 1: "vanishes" });
  expect(book.record(1)?.state).toBe("lost");
  expect(scheduler.handed).toEqual([1, 2]);
});

test("nor does it while the jobs of others change all the time", async () => {
  const previous = (job: number) => ({ previous: { job, thinkSeconds: 0 } });
  const others = Array.from({ length: 30 }, (_, index) => index + 3).map((id) =>
    oneCoreJob({ id, user: "user02", ...(id === 3 ? {} : previous(id - 1)) }),
  );
  const jobs = [oneCoreJob(), oneCoreJob({ id: 2, ...previous(1) }), ...others];
  const { scheduler, book } = await released(jobs, "native", { 1: "vanishes" });
  expect(book.record(1)?.state).toBe("lost");
  expect(scheduler.handed).toHaveLength(32);
  expect(scheduler.handed.indexOf(2)).toBeLessThan(25);
});

test("a think time does not begin before the end, where the scheduler tells only its whole second", async () => {
  const follower = oneCoreJob({ id: 2, previous: { job: 1, thinkSeconds: 0.05 } });
  const { releases } = await released([oneCoreJob(), follower], "native", {}, 10_000);
  // It had answered after 15 ms and ended the job after 30 more.
  const [first, second] = releases;
  expect((second?.dueAt ?? 0) - (first?.dueAt ?? 0)).toBeGreaterThan(90);
});

test("a scheduler that cancels a job for its dependency is quoted with the reason", async () => {
  const { book } = bookOf(...chain);
  const answer = { startedAt: 1000, finishedAt: 1001, error: null, uncertain: false };
  for (const job of [1, 2, 3]) book.answered(job, { ...answer, schedulerJob: `s${job}` });
  const ended = { exitCode: null, nodes: [], allocatedCores: null, detail: "CANCELLED" };
  book.outcome({ job: 1, schedulerJob: "s1", ...ended, state: "failed", detail: "FAILED" });
  book.outcome({ job: 2, schedulerJob: "s2", ...ended, state: "cancelled" });
  expect(book.record(2)?.detail).toBe("CANCELLED: job 1, on which it depends, did not complete");
  book.cancelRequested(3, 2000);
  book.outcome({ job: 3, schedulerJob: "s3", ...ended, state: "cancelled" });
  expect(book.record(3)?.detail).toBe("CANCELLED");
});
