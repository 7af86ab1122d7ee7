import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { earlierTimes, timeKey } from "../../../campaigns/plan/earlier";
import { plannedLength } from "../../../campaigns/plan/length";
import { planCampaign } from "../../../campaigns/plan/plan";
import { withRange } from "../../../campaigns/plan/stack-config";
import { campaignTimes } from "../../../campaigns/plan/times";
import { parseSpec } from "../../../spec/parse";
import { writeStore } from "../../../store/open";
import type { WorkloadJob } from "../../../workloads/job";

const job = (
  id: number,
  submitSeconds: number,
  cores: number,
  runSeconds: number,
): WorkloadJob => ({
  id,
  submitSeconds,
  cores,
  runSeconds,
  limitSeconds: 50,
  user: "user01",
  gpus: 0,
  memoryMiB: null,
  traceJob: null,
});

describe("the length of planned jobs", () => {
  test("is from the start of the replay to the last end under EASY backfilling", () => {
    // Job 2 waits for job 1 until 10; job 3 passes it: its limit would end at 52, so only beside it.
    expect(plannedLength([job(1, 0, 2, 10), job(2, 1, 4, 5), job(3, 2, 1, 3)], 4)).toBe(18);
    expect(plannedLength([job(1, 4, 1, 6)], 4)).toBe(10);
    expect(plannedLength([], 4)).toBe(0);
  });

  test("ends a job at its limit", () => {
    expect(plannedLength([job(1, 0, 1, 99)], 4)).toBe(50);
  });
});

const plan = (...overrides: string[]) =>
  planCampaign(
    {
      name: "x",
      axes: { "topology.nodes.count": [1, 2], "workload.seed": [1, 2] },
      repeats: 2,
    },
    overrides,
  );

describe("the expected time of a campaign", () => {
  test("has ten seconds for each change of the policy on a live cluster", async () => {
    const types = "scheduler.policy.sched.type=builtin,backfill";
    const campaign = await plan(types, "topology.nodes.count=2", "order.seed=3");
    const { clusters, tuples } = campaignTimes(campaign, 1, new Map());
    const runs = [...tuples.values()].reduce((sum, { seconds }) => sum + 2 * seconds, 0);
    const policies = campaign.runs.map(({ tuple }) => tuple.axes["scheduler.policy.sched.type"]);
    const changes = policies.filter((policy, at) => at > 0 && policy !== policies[at - 1]).length;
    expect(changes).toBeGreaterThan(1);
    expect([...clusters.values()]).toMatchObject([{ runs: runs + 10 * changes }]);
  });

  test("is that of its clusters, each with its bring-up and its runs, side by side", async () => {
    const campaign = await plan();
    const { clusters, tuples, totalSeconds } = campaignTimes(campaign, 1, new Map());
    const runs = [...tuples.values()].reduce((sum, { seconds }) => sum + seconds, 0);
    const bringUps = [...clusters.values()].reduce((sum, { bringUp }) => sum + bringUp, 0);
    expect(totalSeconds).toBe(2 * runs + bringUps);
    const longest = Math.max(...[...clusters.values()].map((time) => time.bringUp + time.runs));
    expect(campaignTimes(campaign, 2, new Map()).totalSeconds).toBe(longest);
  });

  test("is the median of earlier runs of the same tuple where there are any, and says so", async () => {
    const campaign = await plan();
    const [first, second] = campaign.tuples;
    if (first === undefined || second === undefined) throw new Error("no tuples");
    const elsewhere = withRange(first.spec, "10.99.0.0/24");
    const { tuples } = campaignTimes(campaign, 1, new Map([[timeKey(elsewhere), [70, 80, 99]]]));
    expect(tuples.get(first)).toEqual({ seconds: 80, earlierRuns: 3 });
    expect(tuples.get(second)?.earlierRuns).toBe(0);
  });

  test("says how many runs the budget is enough for", async () => {
    const afford = async (...budget: string[]) =>
      campaignTimes(await plan(...budget), 1, new Map()).affordableRuns;
    expect(await afford()).toBe(8);
    expect(await afford("budget.runs=3")).toBe(3);
    expect(await afford("budget.time=2d")).toBe(8);
    const half = campaignTimes(await plan(), 1, new Map()).totalSeconds / 2;
    expect(await afford(`budget.time=${Math.floor(half)}s`)).toBe(3);
  });
});

describe("earlier runs", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "schedlab-earlier-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test("are the completed live runs of the store, those of older specifications too", async () => {
    const store = path.join(directory, "store.duckdb");
    const spec = parseSpec({ workload: { jobs: 7 } });
    const plain = {
      topology: { nodes: { count: 1, emulated: { perDomain: 2, cores: 2, memory: "2GiB" } } },
      workload: { jobs: 7, body: "hold" },
    };
    const emulated = parseSpec(plain);
    const fast = parseSpec({ ...plain, run: { clock: { accelerated: 10 } } });
    // As a version wrote it that knew fewer keys.
    const older = JSON.stringify({ workload: { jobs: 7 } });
    const runs = [
      ["a", "live", "completed", JSON.stringify(spec), 60],
      ["b", "live", "completed", older, 70],
      ["c", "live", "failed", older, 5],
      ["d", "imported", "completed", older, 5],
      ["e", "live", "completed", '{"workload": "strange"}', 5],
      ["f", "live", "completed", null, 5],
      ["g", "live", "completed", JSON.stringify(emulated), 90],
      ["h", "live", "completed", JSON.stringify(fast), 600, 10],
    ] as const;
    await writeStore(store, async (connection) => {
      for (const [run, origin, status, text, seconds, factor = 1] of runs) {
        await connection.run(
          `INSERT INTO runs (run_id, origin, experiment, tuple_hash, status, spec, started_at,
             finished_at, clock_factor, content_hash, loaded_by_schema, loaded_at)
           VALUES ($1, $2, 'x', 'x', $3, $4, TIMESTAMP '2026-01-01 00:00:00',
             TIMESTAMP '2026-01-01 00:00:00' + to_seconds($5), $6, 'x', 1, TIMESTAMP '2026-01-01')`,
          [run, origin, status, text, seconds, factor],
        );
      }
    });
    const times = await earlierTimes(store);
    expect([...times]).toEqual([
      [timeKey(spec), [60, 70]],
      [timeKey(emulated), [90]],
      // 600 s of the scheduler's clock.
      [timeKey(fast), [60]],
    ]);
  });
});
