import path from "node:path";
import { parseHTML } from "linkedom";
import { expect, test, vi } from "vitest";
import { query } from "../../../analysis/query";
import { readCycles } from "../../../analysis/report/data/cycles";
import { makeReport } from "../../../analysis/report/report";
import { loadRun } from "../../../store/load";
import { readStore } from "../../../store/open";
import type { InternalsRecord } from "../../../store/scheduler-record";
import { runRecord, startedAt, temporaryDirectory, writeRun } from "../../store/run-fixture";
import { emptyStore } from "../../store/store-copies";

// Loading runs takes a while where many tests share few processors.
vi.setConfig({ testTimeout: 120_000 });

const read = (seconds: number, values: Record<string, number>): InternalsRecord => ({
  at: startedAt + seconds * 1000,
  values,
});

async function storeOf(internals?: readonly InternalsRecord[]): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await emptyStore(store);
  await loadRun(writeRun(directory, internals === undefined ? {} : { internals }), store);
  return store;
}

const newest = { varied: "scheduler", allowUnequal: false, accepted: [] } as const;

test("times are in milliseconds: as told, or what the sum of times grew by for each call", async () => {
  const store = await storeOf([
    read(0, { main_last_cycle_us: 300, sessions: 10, sessions_total_ms: 1000, x_mean_s: 0.002 }),
    read(10, { main_last_cycle_us: 500, sessions: 14, sessions_total_ms: 1600, x_mean_s: 0.004 }),
    // Started again: it counts from 0.
    read(20, { sessions: 2, sessions_total_ms: 40, rpc_A_calls: 5, rpc_A_total_us: 100 }),
    read(30, { sessions: 2, sessions_total_ms: 40, rpc_A_calls: 9, rpc_A_total_us: 8100 }),
  ]);
  expect(
    await query(store, "SELECT at_s, name, ms FROM internal_durations ORDER BY name, at_s"),
  ).toEqual([
    { at_s: 0, name: "main_last_cycle", ms: 0.3 },
    { at_s: 10, name: "main_last_cycle", ms: 0.5 },
    { at_s: 30, name: "rpc_A", ms: 2 },
    { at_s: 10, name: "sessions", ms: 150 },
    { at_s: 0, name: "x_mean", ms: 2 },
    { at_s: 10, name: "x_mean", ms: 4 },
  ]);
});

test("the report draws what took the scheduler the longest, and says nothing of it without counters", async () => {
  const store = await storeOf([
    read(0, { main_last_cycle_us: 300, bf_last_cycle_us: 9000 }),
    read(10, { main_last_cycle_us: 500, bf_last_cycle_us: 7000 }),
  ]);
  const labels = async (of: string) => {
    const { html } = await makeReport({ store: of, ...newest, generatedAt: new Date() });
    const drawings = parseHTML(html).document.querySelectorAll("#over-time svg[role=img]");
    const all = [...drawings].map((drawing) => drawing.getAttribute("aria-label") ?? "");
    // Each is there for wide and for narrow pages.
    return [...new Set(all)].filter((label) => label.startsWith("Scheduler's cycle"));
  };
  const drawn = await labels(store);
  expect(drawn).toHaveLength(1);
  expect(drawn[0]).toMatch(/at most 9(\.0)?$/);
  expect(await labels(await storeOf())).toEqual([]);
});

test("thousands of readings are averaged to what can be seen", async () => {
  const many = Array.from({ length: 3000 }, (_, index) => read(index, { a_last_cycle_us: 1000 }));
  const store = await storeOf(many);
  const cycles = await readStore(store, (connection) => readCycles(connection, [runRecord().id]));
  const cycle = cycles.get(runRecord().id);
  expect(cycle?.readings.length).toBeLessThan(403);
  expect(cycle?.averagedOver).toBeCloseTo(2999 / 400, 6);
  expect(new Set(cycle?.readings.map(({ ms }) => ms))).toEqual(new Set([1]));
});
