import { expect, test } from "vitest";
import { ecdf, maxSteps, spread } from "../../../analysis/report/data/distribution";
import { gantt, maxBars } from "../../../analysis/report/data/gantt";
import type { ReportJob, ReportRun } from "../../../analysis/report/data/run";
import { selectRuns } from "../../../analysis/report/data/selection";
import { number, timeUnit } from "../../../analysis/report/format";
import { quantile } from "../../../analysis/statistics/quantile";

function job(id: number, from: number, to: number, cores: number, nodes: string[]): ReportJob {
  return {
    job: id,
    user: "user01",
    state: "completed",
    submit: from,
    start: from,
    end: to,
    limit: null,
    wait: 0,
    run: to - from,
    boundedSlowdown: 1,
    cores,
    nodes,
    counted: true,
  };
}

function run(jobs: ReportJob[], nodes: Record<string, number>): ReportRun {
  return {
    id: "run",
    experiment: "toy",
    tupleHash: "tuple",
    repeat: 1,
    status: "completed",
    reason: null,
    startedAt: null,
    capacityCores: 4,
    elastic: null,
    emulated: false,
    clockFactor: 1,
    plannedJobs: jobs.length,
    harnessLimited: null,
    harnessExplanation: null,
    spec: null,
    policy: null,
    scheduler: null,
    codeDirty: null,
    row: {},
    jobs,
    nodes: Object.entries(nodes).map(([node, vcpus]) => ({ node, role: "compute", vcpus })),
    levels: [],
    cycle: null,
    averagedOver: null,
    metrics: [],
    benchmarks: [],
    audit: [],
  };
}

test("an empirical distribution is exact for few values and keeps both ends of many", () => {
  expect(ecdf([3, 1, 2, 2])).toEqual([
    { value: 1, share: 0 },
    { value: 1, share: 0.25 },
    { value: 2, share: 0.5 },
    { value: 2, share: 0.75 },
    { value: 3, share: 1 },
  ]);
  const many = ecdf(Array.from({ length: 10_000 }, (_, index) => index));
  expect(many).toHaveLength(maxSteps + 1);
  expect(many[0]).toEqual({ value: 0, share: 0 });
  expect(many.at(-1)).toEqual({ value: 9999, share: 1 });
  expect(ecdf([])).toEqual([]);
});

test("a spread leaves out what is unknown and is null when all of it is", () => {
  expect(spread([1, null, 3])).toEqual({ mean: 2, min: 1, max: 3, count: 2 });
  expect(spread([null])).toBeNull();
  expect(quantile([1, 2], 0.5)).toBe(1.5);
  expect(quantile([], 0.5)).toBeNull();
});

test("jobs that run together never share a lane, and hold as many lanes as cores", () => {
  const chart = gantt(
    run(
      [
        job(1, 0, 10, 2, ["node02"]),
        job(2, 0, 5, 1, ["node02"]),
        job(3, 5, 9, 2, ["node02"]),
        job(4, 2, 8, 4, ["node02", "node10"]),
      ],
      { node10: 4, node02: 4 },
    ),
  );
  if (typeof chart === "string" || chart.kind !== "bars") throw new Error("expected bars");
  expect(chart.rows.map(({ label }) => label)).toEqual(["node02", "node10"]);
  for (const [index, bar] of chart.bars.entries()) {
    for (const other of chart.bars.slice(index + 1)) {
      const apart = bar.to <= other.from || other.to <= bar.from;
      const beside = bar.lane + bar.lanes <= other.lane || other.lane + other.lanes <= bar.lane;
      expect(apart || beside).toBe(true);
    }
  }
  const held = chart.bars.filter((bar) => bar.job.job === 4);
  expect(held.reduce((sum, { lanes }) => sum + lanes, 0)).toBe(4);
});

test("a schedule of too many bars becomes shares that keep its core seconds", () => {
  const jobs = Array.from({ length: maxBars + 1 }, (_, index) =>
    job(index + 1, index, index + 1.5, 1, ["node01"]),
  );
  const chart = gantt(run(jobs, { node01: 4 }));
  if (typeof chart === "string" || chart.kind !== "cells") throw new Error("expected cells");
  const coreSeconds = chart.cells.reduce(
    (sum, { share, from, to }) => sum + 4 * share * (to - from),
    0,
  );
  expect(coreSeconds).toBeCloseTo(1.5 * jobs.length, 3);
  expect(chart.jobs).toBe(jobs.length);
});

test("many nodes share a row, which is named by the first and the last of them", () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`node01-${String(index + 1).padStart(4, "0")}`, 4]),
  );
  const jobs = Array.from({ length: 2000 }, (_, index) =>
    job(index + 1, index, index + 300, 8, [
      `node01-${String((index % 1000) + 1).padStart(4, "0")}`,
      `node01-${String(((index + 500) % 1000) + 1).padStart(4, "0")}`,
    ]),
  );
  const chart = gantt(run(jobs, nodes));
  if (typeof chart === "string" || chart.kind !== "cells") throw new Error("expected cells");
  expect(chart.rows).toHaveLength(48);
  expect(chart.rows.map(({ label }) => label).slice(0, 2)).toEqual([
    "node01-0001–0021",
    "node01-0022–0042",
  ]);
  expect(chart.cells.length).toBeLessThanOrEqual(48 * 96);
  expect(chart).toMatchObject({ jobs: 2000, nodesPerRow: 21, secondsPerColumn: 2299 / 96 });
});

test("a schedule without nodes says what is missing", () => {
  expect(gantt(run([{ ...job(1, 0, 1, 1, []), nodes: null }], {}))).toMatch(/nodes/);
});

test("runs are chosen by experiment and by name, and an unknown name gets the nearest one", () => {
  const all = [
    { id: "a1", experiment: "dev" },
    { id: "b1", experiment: "large" },
  ];
  expect(selectRuns(all, { experiments: ["large"] }).map(({ id }) => id)).toEqual(["b1"]);
  expect(selectRuns(all, { runs: ["a1"] }).map(({ id }) => id)).toEqual(["a1"]);
  expect(() => selectRuns(all, { experiments: ["lagre"] })).toThrow("no experiment lagre");
  expect(() => selectRuns(all, { experiments: ["dev"], runs: ["b1"] })).toThrow("none of");
  expect(() => selectRuns([], {})).toThrow("no run yet");
});

test("numbers have a real minus and thousands apart, times a unit that fits", () => {
  expect(number(-1.25, 1)).toBe("−1.3");
  expect(number(-0.001, 1)).toBe("0.0");
  expect(number(1234567)).toBe("1\u202f234\u202f567");
  expect(timeUnit(90).name).toBe("s");
  expect(timeUnit(7200).name).toBe("min");
  expect(timeUnit(86_400).name).toBe("h");
});
