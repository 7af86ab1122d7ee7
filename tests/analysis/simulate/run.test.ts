import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { simulateRun } from "../../../analysis/simulate/run";
import { migrate } from "../../../store/migrate";

/** Two jobs one after the other on one core, changed by this SQL. */
async function simulated(change: string) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await migrate(connection, "the store in memory");
  await connection.run(
    `INSERT INTO runs BY NAME SELECT 'r' AS run_id, 'live' AS origin, 'e' AS experiment, 't' AS tuple_hash, 'completed' AS status, 1 AS capacity_cores,
       'h' AS content_hash, 1 AS loaded_by_schema, now()::TIMESTAMP AS loaded_at;
     INSERT INTO jobs BY NAME SELECT 'r' AS run_id, * FROM (VALUES (1, 0, 0, 5, 1), (2, 1, 5, 9, 1))
       AS t(job, submit_s, start_s, end_s, allocated_cores);
     ${change}`,
  );
  return simulateRun(connection, "r", { policies: ["fcfs"] });
}

test("a run is simulated as its jobs were submitted", async () => {
  expect(await simulated("")).toMatchObject([
    { policy: "fcfs", starts: [{ job: 1 }, { job: 2, startSeconds: 5 }] },
  ]);
});

test("a closed loop is not simulated, and neither are jobs that depend on others", async () => {
  expect(await simulated("UPDATE jobs SET previous_job = 1, think_s = 1 WHERE job = 2")).toMatch(
    "it is a closed loop: 1 jobs are submitted when others have ended",
  );
  const reason = /1 jobs depend on others, or are tasks of an array with a limit/;
  expect(await simulated("UPDATE jobs SET after_any = [1] WHERE job = 2")).toMatch(reason);
  expect(await simulated("UPDATE jobs SET array_id = 1, array_limit = 1 WHERE job = 2")).toMatch(
    reason,
  );
  const log = "UPDATE runs SET origin = 'swf'; UPDATE jobs SET array_limit = 1";
  expect(await simulated(log)).toHaveLength(1);
  // An array without a limit waits for nothing.
  expect(await simulated("UPDATE jobs SET array_id = 1 WHERE job = 2")).toHaveLength(1);
});

test("a run whose nodes came and went is not simulated", async () => {
  const step = `INSERT INTO supply_steps BY NAME SELECT 'r' AS run_id, 0 AS at_s, 1 AS cores`;
  expect(await simulated(step)).toMatch("its nodes came and went");
});
