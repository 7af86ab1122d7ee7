import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { query } from "../../analysis/query";
import { campaignNames, readCampaign, type StoredPlan, storePlan } from "../../store/campaigns";
import { loadRun } from "../../store/load";
import type { RunStatus } from "../../store/record";
import { runRecord, startedAt, temporaryDirectory, writeRun } from "./run-fixture";
import { emptyStore } from "./store-copies";

let directory: string;
let store: string;
beforeEach(async () => {
  directory = temporaryDirectory();
  store = path.join(directory, "s.duckdb");
  await emptyStore(store);
});

function plan(change: Partial<StoredPlan> = {}): StoredPlan {
  const tuples = ["a", "b"].map((hash) => ({
    hash,
    stack: "study-12345678",
    label: `tuple ${hash}`,
    axes: { "workload.seed": hash },
    plannedSeconds: 40,
  }));
  return {
    campaign: "study",
    repeats: 2,
    orderSeed: 1,
    orderKept: "whole",
    clustersAtOnce: 1,
    retryFailed: 1,
    stacks: ["study-12345678"],
    tuples,
    runs: [
      { tuple: "b", repeat: 1, position: 1 },
      { tuple: "a", repeat: 1, position: 2 },
      { tuple: "a", repeat: 2, position: 3 },
      { tuple: "b", repeat: 2, position: 4 },
    ],
    ...change,
  };
}

let made = 0;
async function load(
  tupleHash: string,
  repeat: number,
  status: RunStatus,
  { name = "study", position = 2, clockFactor = 1 } = {},
): Promise<string> {
  made += 1;
  const id = `20261121T233000Z-${String(made).padStart(6, "0")}`;
  const { provenance } = runRecord();
  const run = runRecord({
    provenance: { ...provenance, clockFactor },
    ...{ id, tupleHash, repeat, status, startedAt: startedAt + made * 1000 },
    finishedAt: startedAt + made * 1000 + 60_000,
    reason: status === "completed" ? null : `why ${made}`,
    campaign: { name, position },
  });
  await loadRun(writeRun(directory, { run }), store);
  return id;
}

test("a run's campaign and place in its order are in the store, and none for any other run", async () => {
  const id = await load("a", 2, "completed", { name: "study", position: 3 });
  await loadRun(writeRun(directory), store);
  expect(
    await query(store, "SELECT run_id, campaign, campaign_position, repeat FROM runs ORDER BY 1"),
  ).toEqual([
    { run_id: id, campaign: "study", campaign_position: 3, repeat: 2 },
    { run_id: runRecord().id, campaign: null, campaign_position: null, repeat: 1 },
  ]);
});

test("a plan comes back with what became of each of its runs, in its order", async () => {
  await storePlan(store, plan());
  await load("a", 1, "failed");
  const done = await load("a", 1, "completed");
  const cut = await load("b", 2, "interrupted");
  await load("a", 2, "completed", { name: "another" });
  const record = await readCampaign(store, "study");
  expect(record).toMatchObject({ repeats: 2, orderKept: "whole", retryFailed: 1, unplanned: 0 });
  expect(
    record?.runs.map(({ position, tuple, repeat, ...run }) => [position, tuple, repeat, run]),
  ).toEqual([
    [1, "b", 1, expect.objectContaining({ completed: 0, failed: 0, runId: null })],
    [
      2,
      "a",
      1,
      {
        label: "tuple a",
        stack: "study-12345678",
        plannedSeconds: 40,
        completed: 1,
        failed: 1,
        interrupted: 0,
        runId: done,
        lastProblem: expect.stringMatching(/^why/),
        runSeconds: 60,
      },
    ],
    [3, "a", 2, expect.objectContaining({ completed: 0, runId: null, runSeconds: null })],
    [4, "b", 2, expect.objectContaining({ interrupted: 1, runId: cut, runSeconds: null })],
  ]);
});

test("what a run took is in the host's seconds, whatever clock its scheduler had", async () => {
  await storePlan(store, plan());
  await load("a", 1, "completed", { clockFactor: 10 });
  const record = await readCampaign(store, "study");
  expect(record?.runs.flatMap(({ runSeconds }) => runSeconds ?? [])).toEqual([6]);
});

test("a changed plan replaces the former one, keeps its runs and the names of its stacks", async () => {
  await storePlan(store, plan());
  await load("a", 1, "completed");
  await load("b", 1, "completed");
  const [, b] = plan().tuples;
  if (b === undefined) throw new Error("no tuple");
  await storePlan(
    store,
    plan({
      stacks: ["study-99999999"],
      tuples: [{ ...b, stack: "study-99999999" }],
      runs: [{ tuple: "b", repeat: 1, position: 1 }],
    }),
  );
  const record = await readCampaign(store, "study");
  expect(record?.runs.map(({ tuple, completed }) => [tuple, completed])).toEqual([["b", 1]]);
  expect(record?.unplanned).toBe(1);
  expect(record?.stacks).toEqual(["study-12345678", "study-99999999"]);
  expect(await query(store, "SELECT stack, planned FROM campaign_clusters ORDER BY 1")).toEqual([
    { stack: "study-12345678", planned: false },
    { stack: "study-99999999", planned: true },
  ]);
});

test("a store has as many campaigns as were planned into it", async () => {
  await storePlan(store, plan());
  await storePlan(store, plan({ campaign: "other" }));
  await storePlan(store, plan());
  expect(await campaignNames(store)).toEqual(["other", "study"]);
  expect(await readCampaign(store, "sutdy")).toBeNull();
});
