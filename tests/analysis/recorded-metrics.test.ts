import path from "node:path";
import { expect, test } from "vitest";
import { query } from "../../analysis/query";
import { appendRows } from "../../store/append";
import { storeFigures, storeSums } from "../../store/figures";
import { writeStore } from "../../store/open";
import { maxProcs } from "../../workloads/swf/header";
import { readSwf } from "../../workloads/swf/read";
import type { SwfRecord } from "../../workloads/swf/record";
import { temporaryDirectory } from "../store/run-fixture";
import { realLog } from "../workloads/swf-fixture";

const known = (value: number) => (value < 0 ? null : value);

function startOf({ submit, wait }: SwfRecord): number | null {
  return wait < 0 ? null : submit + wait;
}

function endOf(record: SwfRecord): number | null {
  const start = startOf(record);
  return start === null || record.run < 0 ? null : start + record.run;
}

/** The metrics of the schedule that the log itself records, by the store's views. */
async function recordedMetrics(file: string): Promise<Record<string, unknown>> {
  const { reading, records } = await readSwf(file, "strict");
  const store = path.join(temporaryDirectory(), "s.duckdb");
  await writeStore(store, async (connection) => {
    await connection.run(
      `INSERT INTO runs (run_id, origin, experiment, tuple_hash, status, capacity_cores,
         content_hash, loaded_by_schema, loaded_at)
       VALUES ('log', 'imported', 'log', 'log', 'completed', $1, $2, 1, now()::TIMESTAMP)`,
      [maxProcs(reading.header), reading.hash],
    );
    await appendRows<SwfRecord>(
      connection,
      "jobs",
      {
        run_id: () => "log",
        job: ({ job }) => job,
        user_name: ({ user }) => (user < 0 ? null : String(user)),
        submit_s: ({ submit }) => submit,
        start_s: startOf,
        end_s: endOf,
        allocated_cores: ({ allocated }) => known(allocated),
      },
      records,
    );
    await storeSums(connection, "log");
    await storeFigures(connection, "log");
  });
  const rows = await query(store, "SELECT name, value, reason FROM metrics WHERE scope = 'run'");
  return Object.fromEntries(rows.map(({ name, value, reason }) => [name, value ?? reason]));
}

test("the SDSC log's figures are those that two independent computations agree on", async ({
  skip,
}) => {
  const file = realLog("SDSC-SP2-1998-first-5000.swf");
  if (file === null) return skip("no ../shared/traces");
  const metrics = await recordedMetrics(file);
  expect(metrics).toMatchObject({ n: 4606, makespan: 4728478, max_wait: 869430, users: 96 });
  expect(Number(metrics.mean_wait).toFixed(4)).toBe("7080.4707");
  expect(Number(metrics.mean_turnaround).toFixed(4)).toBe("15393.9221");
  expect(Number(metrics.mean_slowdown).toFixed(4)).toBe("23.8667");
  expect(Number(metrics.mean_bounded_slowdown).toFixed(4)).toBe("23.4266");
  expect(metrics).toMatchObject({ p50_wait: 22, p90_wait: 16930.5 });
  expect(Number(metrics.p99_wait).toFixed(1)).toBe("104073.9");
  expect(Number(metrics.p50_bounded_slowdown).toFixed(6)).toBe("1.140100");
  expect(Number(metrics.p90_bounded_slowdown).toFixed(6)).toBe("16.461007");
  expect(Number(metrics.p99_bounded_slowdown).toFixed(6)).toBe("479.753030");
  expect(Number(metrics.area_weighted_response_time).toFixed(6)).toBe("72690.957982");
  expect(Number(metrics.area_weighted_bounded_slowdown).toFixed(6)).toBe("4.220009");
  expect(Number(metrics.utilisation).toFixed(6)).toBe("0.640395");
  expect(Number(metrics.jain).toFixed(6)).toBe("0.074381");
});

test("a log without recorded waits has no figures, and says why", async ({ skip }) => {
  const file = realLog("lublin_256.swf");
  if (file === null) return skip("no ../shared/traces");
  const metrics = await recordedMetrics(file);
  expect(metrics.n).toBe(0);
  const reason =
    "no job counts: of 10000 jobs 0 have no known submit, 10000 no start, 10000 no end, 0 no cores";
  for (const name of ["makespan", "mean_wait", "p99_wait", "steady_n", "utilisation", "jain"]) {
    expect(metrics[name]).toBe(reason);
  }
});
