import { describe, expect, test } from "vitest";
import type { JobBook } from "../../../experiments/run/book";
import { awaitWrappers, drain } from "../../../experiments/run/drain";
import { RunStopped } from "../../../experiments/run/stop";
import type { AccountedJob, SchedulerAdapter } from "../../../experiments/schedulers/adapter";
import { accountedJob } from "./accounted-job";
import { answer, bookOf, job, outcome } from "./book-fixture";

describe("draining", () => {
  const adapterWith = (accounting: () => AccountedJob[]) =>
    ({ accounting: async () => accounting() }) as unknown as SchedulerAdapter;
  const accounted = (id: number, endAt: number | null) =>
    accountedJob({
      job: id,
      schedulerJob: String(40 + id),
      state: endAt === null ? "RUNNING" : "COMPLETED",
      waiting: false,
      startAt: 2000,
      endAt,
    });
  const options = (signal = new AbortController().signal) => ({
    signal,
    warn: () => {},
    quietMs: 5,
  });
  /** Two jobs that were accepted; `look` is called with the number of each look at the scheduler. */
  const drained = async (look: (looks: number, book: JobBook) => AccountedJob[]) => {
    const { book } = bookOf(job, { ...job, id: 2 });
    book.answered(1, answer);
    book.answered(2, { ...answer, schedulerJob: "42" });
    let looks = 0;
    await drain(
      book,
      adapterWith(() => look(++looks, book)),
      options(),
    );
    return { looks, states: book.records().map(({ state }) => state) };
  };

  test("gives up a job that the scheduler does not know, and no other", async () => {
    const { states } = await drained((looks, book) => {
      if (looks === 5) book.outcome({ ...outcome, job: 2 });
      return [accounted(2, null)];
    });
    expect(states).toEqual(["lost", "completed"]);
  });

  test("waits for the record of a job that has ended, longer than for one that is unknown", async () => {
    const { looks, states } = await drained((count, book) => {
      if (count === 2) book.outcome({ ...outcome, job: 2 });
      if (count === 8) book.outcome(outcome);
      return [accounted(1, 3000), accounted(2, 3000)];
    });
    expect(states).toEqual(["completed", "completed"]);
    expect(looks).toBe(8);
  });

  test("gives up the record of a job that ended long ago", async () => {
    const { looks, states } = await drained(() => [accounted(1, 3000), accounted(2, 3000)]);
    expect(states).toEqual(["lost", "lost"]);
    expect(looks).toBe(12);
  });

  test("does not ask the scheduler for jobs that it was not given yet", async () => {
    const { book } = bookOf(job, { ...job, id: 2 });
    book.answered(1, answer);
    book.outcome(outcome);
    let looks = 0;
    const adapter = adapterWith(() => {
      looks += 1;
      return [];
    });
    const waiting = drain(book, adapter, options());
    await new Promise((resolve) => setTimeout(resolve, 60));
    book.neverSubmitted(2, "job 1, on which it depends, did not complete");
    await waiting;
    expect(looks).toBe(0);
  });

  test("ends with the reason as soon as the run is stopped", async () => {
    const { book } = bookOf(job);
    const abort = new AbortController();
    const waiting = drain(
      book,
      adapterWith(() => []),
      options(abort.signal),
    );
    abort.abort(new RunStopped("failed", "the deadline passed"));
    await expect(waiting).rejects.toThrow("the deadline passed");
  });

  test("waits for a wrapper's last line only so long", async () => {
    const { book } = bookOf(job);
    book.outcome(outcome);
    await awaitWrappers(book, 10);
    expect(book.awaitingWrapper()).toBe(1);
  });
});
