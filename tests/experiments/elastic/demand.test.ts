import { describe, expect, test } from "vitest";
import { Demand } from "../../../experiments/elastic/demand";
import type { WorkloadJob } from "../../../workloads/job";
import { oneCoreJob } from "../one-core-job";
import { answer, bookOf, outcome } from "../run/book-fixture";

/** A book of these jobs, whose changes a demand of two pools follows. */
function followed(...jobs: WorkloadJob[]) {
  const { book } = bookOf(...jobs);
  const demand = new Demand(["nodes", "gpu"]);
  const changed: string[] = [];
  book.subscribe((change) => {
    const pool = demand.change(change);
    if (pool !== null) changed.push(pool);
  });
  const wrapper = (event: "start" | "end", at: number, id = 1) => {
    const job = { job: id, schedulerJob: "41", nodes: "node01", nodeCores: "2" };
    book.wrapper({ ...job, event, at, exitCode: event === "end" ? 0 : null });
  };
  return { book, demand, changed, wrapper };
}

const twoCores = oneCoreJob({ cores: 2 });
const none = { queuedCores: 0, runningCores: 0 };

describe("what the jobs want of a pool", () => {
  test("begins when the scheduler has accepted a job, and ends with the job", () => {
    const { book, demand, changed, wrapper } = followed(twoCores);
    book.plan({ startAt: 0, factor: 1 });
    expect(demand.of("nodes")).toEqual(none);
    book.answered(1, answer);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 2000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 3000);
    expect(demand.of("nodes")).toEqual(none);
    book.outcome(outcome);
    expect(demand.of("nodes")).toEqual(none);
    expect(changed).toEqual(["nodes", "nodes", "nodes"]);
  });

  test("is the partition's, and the default pool's for a partition of several pools", () => {
    const jobs = ["gpu", "urgent", undefined].map((partition, index) =>
      oneCoreJob({ id: index + 1, ...(partition === undefined ? {} : { partition }) }),
    );
    const { book, demand } = followed(...jobs);
    for (const { id } of jobs) book.answered(id, { ...answer, schedulerJob: String(id) });
    expect(demand.of("gpu").queuedCores).toBe(1);
    expect(demand.of("nodes").queuedCores).toBe(2);
  });

  test("does not count a job that was refused or lost", () => {
    const { book, demand } = followed(twoCores, oneCoreJob({ id: 2 }));
    book.answered(1, { ...answer, schedulerJob: null, error: "no" });
    book.answered(2, answer);
    book.lost(2, "gone");
    expect(demand.of("nodes")).toEqual(none);
  });

  test("is not touched by what the node of a former attempt tells late, nor by the answer", () => {
    const { book, demand, wrapper } = followed(twoCores);
    book.answered(1, answer);
    wrapper("start", 2000);
    book.moment({ job: 1, schedulerJob: "41", event: "end", at: 3000, former: true });
    wrapper("end", 2900);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    book.answered(1, answer);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 4000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 5000);
    expect(demand.of("nodes")).toEqual(none);
  });

  test("goes on when a job is put back into the queue, until it has run again", () => {
    const { book, demand, wrapper } = followed(twoCores);
    const moment = { job: 1, schedulerJob: "41", event: "end", at: 3000, former: true } as const;
    book.answered(1, answer);
    wrapper("start", 2000);
    wrapper("end", 2900);
    book.moment(moment);
    expect(demand.of("nodes")).toEqual({ queuedCores: 2, runningCores: 0 });
    wrapper("start", 4000);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    // The record of the first attempt comes late.
    book.moment(moment);
    expect(demand.of("nodes")).toEqual({ queuedCores: 0, runningCores: 2 });
    wrapper("end", 5000);
    expect(demand.of("nodes")).toEqual(none);
  });
});
