import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { loadRun } from "../../store/load";
import { jobRecord, startedAt, temporaryDirectory, writeRun } from "./run-fixture";
import { emptyStore } from "./store-copies";

test("more jobs than are in memory together keep their last records, attempts and events", async () => {
  const count = 5000;
  const many = Array.from({ length: count }, (_, index) =>
    jobRecord(index + 1, "user01", 1, [index, index + 1, index + 4]),
  );
  const moment = (job: number, event: "start" | "suspend" | "resume" | "end", seconds: number) => ({
    ...{ job, event, at: startedAt + (job - 1 + seconds) * 1000 },
    ...{ source: "wrapper" as const, resolutionMs: 1, schedulerJob: String(100 + job) },
    ...(event === "start" ? { nodes: ["node01"], nodeCores: [1] } : {}),
  });
  // The events of a job are far from each other, and each start is there twice.
  const kinds = [
    ["start", 1],
    ["suspend", 2],
    ["resume", 3],
    ["end", 4],
    ["start", 1],
  ] as const;
  const all = kinds.flatMap(([event, seconds]) =>
    many.map(({ job }) => moment(job, event, seconds)),
  );
  const directory = temporaryDirectory();
  const store = path.join(directory, "results", "s.duckdb");
  await emptyStore(store);
  const run = writeRun(directory, { jobs: many, events: all });
  expect(await loadRun(run, store)).toMatchObject({ jobs: count, events: 4 * count });
  expect(
    await query(
      store,
      `SELECT count(*)::INTEGER AS jobs, min(state) AS state, sum(all_held_s)::INTEGER AS held,
         (SELECT count(*)::INTEGER FROM attempts WHERE nodes = ['node01'] AND node_cores = [1]
          AND scheduler_job = (100 + job)::VARCHAR) AS attempts,
         (SELECT count(*)::INTEGER FROM held_intervals WHERE to_s - from_s = 1) AS stretches
       FROM jobs`,
    ),
  ).toEqual([
    { jobs: count, state: "completed", held: 2 * count, attempts: count, stretches: 2 * count },
  ]);
  expect(await loadRun(run, store)).toMatchObject({ outcome: "unchanged", events: 4 * count });
});
