import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { loadRun } from "../../store/load";
import type { EventRecord } from "../../store/record";
import type { EstimateRecord, InternalsRecord } from "../../store/scheduler-record";
import { jobRecord, startedAt, temporaryDirectory, writeRun } from "../store/run-fixture";

async function loaded(fixture: Parameters<typeof writeRun>[1]): Promise<string> {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  await loadRun(writeRun(directory, { events: [], ...fixture }), store);
  return store;
}

const seen = (job: number, atSeconds: number, startSeconds: number): EstimateRecord => ({
  job,
  at: startedAt + atSeconds * 1000,
  startAt: startedAt + startSeconds * 1000,
  resolutionMs: 1000,
});

const jobs = [
  jobRecord(1, "user01", 1, [0, 100, 110]),
  jobRecord(2, "user01", 1, [0, 200, 210]),
  jobRecord(3, "user01", 1, [0, 50, 60]),
  jobRecord(4, "user01", 1, [0, 0, 5]),
];

/** Of job 1 one too early and one too late; of job 2 one too late and, after its start, one that cannot count. */
const estimates = [
  seen(1, 10, 60),
  seen(1, 40, 130),
  seen(2, 40, 260),
  seen(2, 201, 201),
  // Foretold for a moment that was over when it was asked: now, at 20 s.
  seen(3, 20, 15),
];

test("bias, error, share and coverage of the last estimates before the start, worked out by hand", async () => {
  const store = await loaded({ jobs, estimates });
  const rows = await query(
    store,
    "SELECT name, value FROM metrics WHERE scope = 'run' AND name LIKE '%estimate%' ORDER BY name",
  );
  // Errors: 100 - 130, 200 - 260, 50 - 20.
  expect(rows).toEqual([
    { name: "estimated_share", value: 0.75 },
    { name: "mean_estimate_error", value: -20 },
    { name: "median_absolute_estimate_error", value: 30 },
    { name: "started_by_estimate_share", value: 2 / 3 },
  ]);
});

test("all estimates are classed by how long before the start they were seen", async () => {
  const store = await loaded({ jobs, estimates });
  const rows = await query(
    store,
    "SELECT * EXCLUDE run_id FROM estimate_lead_figures ORDER BY lead_from_s",
  );
  const leads = rows.map(({ lead_from_s, lead_to_s, estimates: n, mean_error }) => [
    ...[lead_from_s, lead_to_s, Number(n), mean_error],
  ]);
  // Less than a minute before: job 3, 30 s. Longer: leads of 90, 60 and 160 s, errors of 40, -30 and -60 s.
  expect(leads).toEqual([
    [0, 60, 1, 30],
    [60, 600, 3, (40 - 30 - 60) / 3],
  ]);
});

test("a start within the second of the estimate is by it", async () => {
  const store = await loaded({
    jobs: [jobRecord(1, "user01", 1, [0, 100.9, 110])],
    estimates: [seen(1, 10, 100)],
  });
  const [row] = await query(
    store,
    "SELECT value FROM metrics WHERE name = 'started_by_estimate_share'",
  );
  expect(row?.value).toBe(1);
});

test("a run without estimates says so, and one with estimates after the start only", async () => {
  const reasonOf = async (fixture: Parameters<typeof writeRun>[1]) => {
    const metric = "SELECT value, reason FROM metrics WHERE name = 'mean_estimate_error'";
    const [row] = await query(await loaded({ jobs, ...fixture }), metric);
    expect(row?.value).toBeNull();
    return row?.reason;
  };
  expect(await reasonOf({})).toBe("no estimate of a start is recorded");
  expect(await reasonOf({ estimates: [seen(2, 201, 201)] })).toBe(
    "the scheduler gave no estimate before a start",
  );
});

test("an estimate of a requeued job foretold the start that came next", async () => {
  const wrapper = (event: EventRecord["event"], atSeconds: number): EventRecord => ({
    ...{ job: 1, event, at: startedAt + atSeconds * 1000, source: "wrapper", resolutionMs: 1 },
  });
  const store = await loaded({
    jobs: [jobRecord(1, "user01", 1, [0, 300, 310])],
    events: [wrapper("start", 50), wrapper("end", 60), wrapper("start", 300), wrapper("end", 310)],
    estimates: [seen(1, 10, 45), seen(1, 50, 50), seen(1, 90, 280), seen(1, 301, 301)],
  });
  const errors =
    "SELECT seen_s, start_s, lead_s, error_s, last FROM estimate_errors ORDER BY seen_s";
  expect(await query(store, errors)).toEqual([
    { seen_s: 10, start_s: 50, lead_s: 40, error_s: 5, last: false },
    { seen_s: 50, start_s: 50, lead_s: 0, error_s: 0, last: false },
    { seen_s: 90, start_s: 300, lead_s: 210, error_s: 20, last: true },
  ]);
});

const read = (atSeconds: number, values: Record<string, number>): InternalsRecord => ({
  at: startedAt + atSeconds * 1000,
  values,
});

test("counters stand beside the queue at their moment, with what they grew by", async () => {
  const store = await loaded({
    jobs,
    internals: [read(0, { main_cycles: 3 }), read(60, { main_cycles: 9, main_last_cycle_us: 40 })],
  });
  const rows = await query(
    store,
    `SELECT at_s, name, value, change, since_s, queued_jobs, running_jobs
     FROM internals_series ORDER BY ALL`,
  );
  expect(rows).toEqual([
    {
      ...{ at_s: 0, name: "main_cycles", value: 3, change: null, since_s: null },
      ...{ queued_jobs: 3, running_jobs: 1 },
    },
    {
      ...{ at_s: 60, name: "main_cycles", value: 9, change: 6, since_s: 60 },
      ...{ queued_jobs: 2, running_jobs: 0 },
    },
    {
      ...{ at_s: 60, name: "main_last_cycle_us", value: 40, change: null, since_s: null },
      ...{ queued_jobs: 2, running_jobs: 0 },
    },
  ]);
});

test("a run that is loaded again has its estimates and counters once", async () => {
  const directory = temporaryDirectory();
  const store = path.join(directory, "s.duckdb");
  const internals = [read(0, { main_cycles: 3 })];
  await loadRun(writeRun(directory, { jobs, estimates, internals, events: [] }), store);
  const more = [...estimates, seen(1, 70, 100)];
  await loadRun(writeRun(directory, { jobs, estimates: more, internals, events: [] }), store);
  const [row] = await query(
    store,
    `SELECT (SELECT count(*)::INTEGER FROM start_estimates) AS estimates,
            (SELECT count(*)::INTEGER FROM scheduler_internals) AS internals`,
  );
  expect(row).toEqual({ estimates: 6, internals: 1 });
});
