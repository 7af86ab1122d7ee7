import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { asOnlyDriver } from "../../../campaigns/drive/driver-lock";
import { storedPlan } from "../../../campaigns/drive/record";
import { readStatus } from "../../../campaigns/status/read";
import { campaignStatus } from "../../../campaigns/status/status";
import { statusText } from "../../../cli/campaign-status-text";
import { thisOwner } from "../../../experiments/run/owner";
import type { CampaignRecord, RunState } from "../../../store/campaigns";
import { storePlan } from "../../../store/campaigns";
import { loadRun } from "../../../store/load";
import { runRecord, startedAt, temporaryDirectory, writeRun } from "../../store/run-fixture";
import { emptyStore } from "../../store/store-copies";
import { planOf } from "../drive/fake-world";

function state(position: number, change: Partial<RunState> = {}): RunState {
  return {
    ...{ tuple: `t${position}`, repeat: 1, position, label: `tuple ${position}` },
    ...{ stack: "study-12345678", plannedSeconds: 30, completed: 0, failed: 0, interrupted: 0 },
    ...{ runId: null, lastProblem: null, runSeconds: null },
    ...change,
  };
}

function record(runs: RunState[]): CampaignRecord {
  return {
    ...{ campaign: "study", repeats: 1, orderKept: "whole", clustersAtOnce: 1, retryFailed: 1 },
    ...{ stacks: ["study-12345678"], runs, unplanned: 0 },
  };
}

function going(tupleHash: string, campaign = "study") {
  const run = runRecord({
    ...{ id: "20261121T233100Z-gogogo", tupleHash, status: "running", finishedAt: null },
    campaign: { name: campaign, position: 1 },
  });
  return { directory: "/runs", run, life: "alive" as const };
}

describe("the status of a campaign", () => {
  const runs = [
    state(1, { completed: 1, runSeconds: 40, failed: 1 }),
    state(2),
    state(3, { failed: 2, lastProblem: "a node is down", runId: "r3" }),
    state(4, { failed: 1 }),
    state(5, { interrupted: 3 }),
  ];

  test("counts each planned run once", () => {
    const status = campaignStatus(record(runs), [going("t2"), going("t4", "other")], null);
    expect(status).toMatchObject({ planned: 5, done: 1, remaining: 2, triedInVain: 7 });
    expect(status.running.map(({ position }) => position)).toEqual([2]);
    expect(status.failed).toEqual([
      {
        ...{ run: "r3", position: 3, label: "tuple 3", repeat: 1, tries: 2 },
        reason: "a node is down",
      },
    ]);
    // Three open ones, each as much longer than its jobs as the first was.
    expect(status.secondsLeft).toBe(120);
  });

  test("does not call a run failed that is being tried once more", () => {
    const status = campaignStatus(record(runs), [going("t3")], null);
    expect(status.failed).toEqual([]);
    expect(status.running.map(({ position }) => position)).toEqual([3]);
  });

  test("is said in words", () => {
    const status = campaignStatus(record(runs), [going("t2")], null);
    const text = statusText(status, startedAt + 65_000);
    expect(text).toContain(
      "campaign study: 1 of 5 done, 1 running, 1 failed, 2 remain, at least 2 min left",
    );
    expect(text).toContain("running: 2 (tuple 2, repeat 1) on study-12345678 for 1 min 5 s");
    expect(text).toContain("failed: 3 (tuple 3, repeat 1) after 2 tries: a node is down");
    expect(text).toContain("nobody drives it");
    const all = campaignStatus(record([state(1, { completed: 1, runSeconds: 40 })]), [], null);
    expect(statusText(all, 0)).toContain("campaign study: 1 of 1 done\n");
    expect(statusText(all, 0)).toContain("nothing remains to be done");
  });
});

describe("the status read from store and run directories", () => {
  let directory: string;
  let store: string;
  beforeEach(async () => {
    directory = temporaryDirectory();
    store = path.join(directory, "s.duckdb");
    await emptyStore(store);
  });
  const runsDir = () => path.join(directory, "runs");

  /** A run directory whose owner is this process, or one that is gone. */
  function goingRun(id: string, tupleHash: string, alive: boolean): void {
    const campaign = { name: "study", position: 2 };
    const run = runRecord({ id, tupleHash, campaign, status: "running", finishedAt: null });
    const target = writeRun(runsDir(), { run });
    const owner = alive ? thisOwner() : { ...thisOwner(), startTicks: "1" };
    writeFileSync(path.join(target, "owner.json"), JSON.stringify(owner));
  }

  test("sees what is done, what runs, and who drives it", async () => {
    const plan = planOf({ clusters: [3], repeats: 1 });
    await storePlan(store, storedPlan(plan, 1));
    const campaign = { name: "study", position: 1 };
    const done = runRecord({ tupleHash: "0.0", campaign });
    await loadRun(writeRun(runsDir(), { run: done }), store);
    goingRun("20261121T233100Z-aaaaaa", "0.1", true);
    goingRun("20261121T233200Z-bbbbbb", "0.2", false);
    mkdirSync(path.join(runsDir(), "20261121T233300Z-cccccc"));
    const status = await asOnlyDriver(store, "study", () => readStatus(store, "study"));
    expect(status).toMatchObject({ planned: 3, done: 1, remaining: 1, failed: [] });
    expect(status.running).toMatchObject([{ run: "20261121T233100Z-aaaaaa", label: "0.1" }]);
    expect(status.driver).toMatchObject({ pid: process.pid });
    expect((await readStatus(store, "study")).driver).toBeNull();
  });

  test("names the nearest campaign for a misspelt one", async () => {
    await storePlan(store, storedPlan(planOf({ clusters: [1], repeats: 1 }), 1));
    await expect(readStatus(store, "sutdy")).rejects.toThrow('did you mean "study"?');
    await expect(readStatus(store, "quite-another")).rejects.toThrow("it has study");
  });
});
