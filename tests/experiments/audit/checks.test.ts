import type { DuckDBConnection } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { checks } from "../../../experiments/audit/checks";
import { type CheckName, checkNames } from "../../../experiments/audit/names";
import { faults } from "./faults";
import { auditAfter, soundStore } from "./sound-run";

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await soundStore();
});

test("the checks are those that --accept knows, in their order", () => {
  expect(checks.map(({ name }) => name)).toEqual(checkNames);
});

test("every figure that a check touches is a figure of the store", async () => {
  const reader = await connection.runAndReadAll(
    "SELECT DISTINCT name FROM metric_values WHERE run_id = 'r'",
  );
  const known = reader.getRows().map(([name]) => name);
  const touched = checks.flatMap(({ touches }) => touches);
  expect(touched.filter((name) => !known.includes(name))).toEqual([]);
});

test("a sound run passes every check", async () => {
  const audit = await auditAfter(connection, "");
  expect([...audit.values()].filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  const others = ["emulation-exact", "membership"];
  expect([...audit.keys()]).toEqual(checkNames.filter((name) => !others.includes(name)));
});

describe("the audit finds", () => {
  test.each(faults)("$fault", async ({ sql, check, verdict, figure, says }) => {
    const found = (await auditAfter(connection, sql)).get(check);
    expect(found?.explanation).toMatch(says);
    expect(found?.verdict).toBe(verdict);
    if (figure === null) expect(found?.figure).toBeNull();
    else if (figure !== undefined) expect(found?.figure).toBeCloseTo(figure, 2);
  });
});

describe("the audit lets pass", () => {
  const passing: readonly [string, CheckName, string][] = [
    [
      "a start within the whole second in which another job ended",
      "within-capacity",
      `UPDATE jobs SET start_resolution_ms = 1000, end_resolution_ms = 1000;
       UPDATE attempts SET start_resolution_ms = 1000, end_resolution_ms = 1000;
       UPDATE held_intervals SET from_s = 10.5 WHERE job = 3; UPDATE attempts SET start_s = 10.5 WHERE job = 3`,
    ],
    [
      "moments in whole seconds that a finer clock sees the other way round",
      "moments-in-order",
      "UPDATE jobs SET start_s = 0, start_resolution_ms = 1000 WHERE job = 2",
    ],
    [
      "a whole second that was over for less than a tick of the kernel",
      "moments-in-order",
      `UPDATE jobs SET submit_s = 1.008, accept_s = 1.02 WHERE job = 3;
       UPDATE job_events SET at_s = 0 WHERE job = 3 AND event = 'eligible'`,
    ],
    [
      "a start in the whole second in which the job before it ended",
      "dependencies-kept",
      "UPDATE jobs SET start_s = 11, start_resolution_ms = 1000 WHERE job = 3",
    ],
    [
      "a job of a closed loop that was due a think time after the other's end",
      "dependencies-kept",
      "UPDATE jobs SET previous_job = 2, think_s = 3, submit_s = 9.3 WHERE job = 3",
    ],
    [
      "a task of an array that was submitted when another had ended",
      "dependencies-kept",
      "UPDATE jobs SET array_limit = 1, submit_s = CASE job WHEN 1 THEN 6.5 ELSE submit_s END WHERE array_id = 7",
    ],
    [
      "no due time of a job that was never submitted, because it waited for another one to be due",
      "records-complete",
      "UPDATE jobs SET state = 'cancelled', due_s = NULL, submit_s = NULL, accept_s = NULL WHERE job = 4",
    ],
    [
      "a requeued job with two attempts one after the other",
      "whole-attempts",
      `UPDATE attempts SET attempt = 2 WHERE job = 3;
       INSERT INTO attempts (run_id, job, attempt, scheduler_job, start_s, end_s) VALUES ('r', 3, 1, '103', 7, 8)`,
    ],
    [
      "a requeued job that keeps its number in the scheduler",
      "one-scheduler-job",
      "INSERT INTO attempts (run_id, job, attempt, scheduler_job) VALUES ('r', 3, 2, '103')",
    ],
    [
      "the end of a cancelled job, which the wrapper hears of after the scheduler",
      "sources-agree",
      `UPDATE jobs SET state = 'cancelled' WHERE job = 3;
       UPDATE job_events SET at_s = at_s - 3 WHERE job = 3 AND event = 'end' AND source = 'scheduler'`,
    ],
    [
      "a job whose submission got through although its answer was lost",
      "records-complete",
      "UPDATE jobs SET accept_s = NULL WHERE job = 2",
    ],
    [
      "a job that was cancelled before it was due",
      "records-complete",
      "UPDATE jobs SET state = 'cancelled', submit_s = NULL, accept_s = NULL WHERE job = 4",
    ],
  ];
  test.each(passing)("%s", async (_, check, sql) => {
    const found = (await auditAfter(connection, sql)).get(check);
    expect(found).toMatchObject({ verdict: "passed" });
  });
});

test("a recorded log is asked for order, capacity and records only, and gaps are its nature", async () => {
  const audit = await auditAfter(
    connection,
    `UPDATE runs SET origin = 'imported';
     DELETE FROM held_intervals; DELETE FROM attempts; DELETE FROM job_events;
     UPDATE jobs SET due_s = NULL, accept_s = NULL, nodes = NULL;
     UPDATE jobs SET end_s = NULL WHERE job = 2`,
  );
  expect([...audit.keys()]).toEqual(["within-capacity", "moments-in-order", "records-complete"]);
  expect(audit.get("within-capacity")).toMatchObject({ verdict: "passed", figure: 0.75 });
  expect(audit.get("moments-in-order")?.verdict).toBe("passed");
  expect(audit.get("records-complete")).toMatchObject({ verdict: "noted", figure: 1 });
});

test("a log whose jobs held more than its machine has fails", async () => {
  const audit = await auditAfter(
    connection,
    `UPDATE runs SET origin = 'imported', capacity_cores = 4;
     DELETE FROM held_intervals; DELETE FROM attempts; DELETE FROM nodes; UPDATE jobs SET nodes = NULL`,
  );
  expect(audit.get("within-capacity")).toMatchObject({ verdict: "failed", figure: 2 });
  expect(audit.get("within-capacity")?.explanation).toMatch(
    /8 of 4 cores of the cluster were held at 1.30 s by jobs 1 and 2/,
  );
});
