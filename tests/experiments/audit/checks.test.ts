import type { DuckDBConnection } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { checks } from "../../../experiments/audit/checks";
import { type CheckName, checkNames } from "../../../experiments/audit/names";
import type { Verdict } from "../../../store/audits";
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
  expect([...audit.keys()]).toEqual(checkNames);
});

interface Case {
  readonly fault: string;
  readonly sql: string;
  readonly check: CheckName;
  readonly verdict: Exclude<Verdict, "passed">;
  readonly figure?: number | null;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    fault: "a job that the scheduler had twice",
    sql: "INSERT INTO scheduler_jobs (run_id, job, scheduler_job, state) VALUES ('r', 2, '109', 'COMPLETED')",
    check: "one-scheduler-job",
    verdict: "failed",
    figure: 1,
    says: /1 job doubled: the scheduler had job 2 as 102 and 109/,
  },
  {
    fault: "a double that only the wrapper saw, with no accounting at all",
    sql: `DELETE FROM scheduler_jobs;
      INSERT INTO attempts (run_id, job, attempt, scheduler_job, start_s, end_s) VALUES ('r', 2, 2, '109', 7, 8)`,
    check: "one-scheduler-job",
    verdict: "failed",
    figure: 1,
    says: /job 2 as 102 and 109; losses are unknown/,
  },
  {
    fault: "a job that the scheduler lost",
    sql: "DELETE FROM scheduler_jobs WHERE job = 3",
    check: "one-scheduler-job",
    verdict: "failed",
    figure: 1,
    says: /1 job lost: the scheduler's accounting does not have job 3/,
  },
  {
    fault: "a refused job that the scheduler has all the same, and one that nobody planned",
    sql: "INSERT INTO scheduler_jobs (run_id, job, scheduler_job, state) VALUES ('r', 4, '104', 'COMPLETED'), ('r', 77, '105', 'COMPLETED')",
    check: "one-scheduler-job",
    verdict: "failed",
    figure: 2,
    says: /2 jobs unasked for: the scheduler has jobs 4 and 77/,
  },
  {
    fault: "no accounting",
    sql: "DELETE FROM scheduler_jobs",
    check: "one-scheduler-job",
    verdict: "unknown",
    figure: null,
    says: /accounting was not collected/,
  },
  {
    fault: "an attempt without an end",
    sql: "UPDATE attempts SET end_s = NULL WHERE job = 2",
    check: "whole-attempts",
    verdict: "failed",
    figure: 1,
    says: /no end is known of an attempt of job 2/,
  },
  {
    fault: "a job that ran twice at a time",
    sql: "INSERT INTO attempts (run_id, job, attempt, scheduler_job, start_s, end_s) VALUES ('r', 2, 2, '102', 4, 9)",
    check: "whole-attempts",
    verdict: "failed",
    says: /job 2 ran twice at a time/,
  },
  {
    fault: "a completed job that nobody saw start",
    sql: "DELETE FROM attempts WHERE job = 1",
    check: "whole-attempts",
    verdict: "failed",
    says: /job 1 completed without a start that was seen/,
  },
  {
    fault: "more cores held than there are",
    sql: "UPDATE held_intervals SET from_s = 5 WHERE job = 3; UPDATE attempts SET start_s = 5 WHERE job = 3",
    check: "within-capacity",
    verdict: "failed",
    figure: 2,
    says: /8 of 4 cores of node01 were held at 5.00 s by jobs 1 and 3/,
  },
  {
    fault: "a node with more cores held than it has, in a cluster that has enough",
    sql: "UPDATE attempts SET nodes = ['node01'] WHERE job = 2",
    check: "within-capacity",
    verdict: "failed",
    figure: 2,
    says: /8 of 4 cores of node01 were held at 1.30 s by jobs 1 and 2/,
  },
  {
    fault: "more memory held than a node has for jobs",
    sql: "UPDATE jobs SET requested_memory_mib = 1792 WHERE job = 1",
    check: "within-capacity",
    verdict: "failed",
    figure: 2,
    says: /1792 of 896 MiB of memory of node01/,
  },
  {
    fault: "more GPUs held than there are",
    sql: "UPDATE jobs SET requested_gpus = 3 WHERE job = 3",
    check: "within-capacity",
    verdict: "failed",
    figure: 1.5,
    says: /3 of 2 GPUs of the cluster/,
  },
  {
    fault: "a wrapper's start before the scheduler's",
    sql: "UPDATE job_events SET at_s = at_s + 3 WHERE job = 2 AND event = 'start' AND source = 'scheduler'",
    check: "sources-agree",
    verdict: "failed",
    says: /the wrapper saw job 2 start before the scheduler did, by 1.70 s more/,
  },
  {
    fault: "a wrapper's end after the scheduler's",
    sql: "UPDATE job_events SET at_s = at_s - 3 WHERE job = 3 AND event = 'end' AND source = 'scheduler'",
    check: "sources-agree",
    verdict: "failed",
    says: /the wrapper saw job 3 end after the scheduler did, by 2.50 s/,
  },
  {
    fault: "a job that took long to get going",
    sql: "UPDATE job_events SET at_s = at_s - 7 WHERE job = 3 AND event = 'start' AND source = 'scheduler'",
    check: "launch-lag",
    verdict: "noted",
    figure: 7.5,
    says: /7.50 s at worst \(job 3\)/,
  },
  {
    fault: "a start before the submission",
    sql: "UPDATE jobs SET start_s = 0.5 WHERE job = 3",
    check: "moments-in-order",
    verdict: "failed",
    figure: 1,
    says: /job 3 was started 0.51 s before it was submitted/,
  },
  {
    fault: "a submission before it was due",
    sql: "UPDATE jobs SET due_s = 2 WHERE job = 1",
    check: "moments-in-order",
    verdict: "failed",
    says: /job 1 was submitted 1.99 s before it was due/,
  },
  {
    fault: "a clock that ran away during the run",
    sql: "UPDATE nodes SET clock_offset_after_ms = -2000 WHERE node = 'node02'",
    check: "clocks",
    verdict: "failed",
    figure: 2000,
    says: /the clock of node02 was 2000.0 ms behind the harness's after the last job/,
  },
  {
    fault: "a tenth of the jobs submitted late",
    sql: "UPDATE jobs SET submit_s = due_s + 3 WHERE job = 3",
    check: "submission-kept",
    verdict: "failed",
    figure: 3,
    says: /99 % at most 3.00 s; 1 more than 1 s late/,
  },
  {
    fault: "one job submitted half a minute late",
    sql: "UPDATE jobs SET submit_s = due_s + 31 WHERE job = 3",
    check: "latest-submission",
    verdict: "failed",
    figure: 31,
    says: /job 3 was submitted 31.0 s after it was due/,
  },
  {
    fault: "load beside the run",
    sql: "UPDATE host_samples SET busy_s = busy_s + at_s, idle_s = idle_s - at_s",
    check: "quiet-host",
    verdict: "failed",
    figure: 0.5,
    says: /busy for 70.0 % of its CPU time, of which nodes and harness used 20.0 % and others 50.0 %/,
  },
  {
    fault: "a host that nobody sampled",
    sql: "DELETE FROM host_samples",
    check: "quiet-host",
    verdict: "unknown",
    says: /was not sampled/,
  },
  {
    fault: "emulated nodes, which do not see what they cost",
    sql: "UPDATE runs SET domain = 'qemu'",
    check: "quiet-host",
    verdict: "unknown",
    says: /emulated/,
  },
  {
    fault: "a host that is kept from its CPU",
    sql: "UPDATE host_samples SET steal_s = 0.2 * at_s, idle_s = idle_s - 0.2 * at_s",
    check: "no-steal",
    verdict: "failed",
    figure: 0.1,
    says: /the hypervisor kept 10.0 % of its CPU time from the host/,
  },
  {
    fault: "limits of seconds that the scheduler makes minutes of",
    sql: "UPDATE jobs SET limit_s = 5 WHERE job = 1",
    check: "limits-as-asked",
    verdict: "noted",
    figure: 0.25,
    says: /25.0 % of the jobs .* job 1 asked for 5 s and the scheduler counts 60 s/,
  },
  {
    fault: "a job whose submission nobody noted",
    sql: "UPDATE jobs SET submit_s = NULL, accept_s = NULL WHERE job = 2",
    check: "records-complete",
    verdict: "failed",
    figure: 1,
    says: /the means are over 2 of 4 jobs: no submit time of job 2/,
  },
  {
    fault: "a job that was lost",
    sql: "UPDATE jobs SET state = 'lost', end_s = NULL WHERE job = 2",
    check: "records-complete",
    verdict: "failed",
    figure: 1,
    says: /no end of job 2; the end of job 2 was never learnt/,
  },
  {
    fault: "a planned job without a record",
    sql: "DELETE FROM jobs WHERE job = 4",
    check: "records-complete",
    verdict: "failed",
    figure: 1,
    says: /1 planned job without any record/,
  },
  {
    fault: "lines of the run directory that are no records",
    sql: "ALTER TABLE runs ADD COLUMN IF NOT EXISTS bad_records INTEGER; UPDATE runs SET bad_records = 2",
    check: "records-complete",
    verdict: "failed",
    figure: 2,
    says: /over 3 of 4 jobs: 2 lines of the run directory are no record/,
  },
  {
    fault: "a job that ran longer than its body was asked to",
    sql: "UPDATE held_intervals SET to_s = 9.8 WHERE job = 2; UPDATE jobs SET end_s = 9.8 WHERE job = 2",
    check: "run-time-kept",
    verdict: "failed",
    figure: 3.5,
    says: /job 2 held its cores for 8.50 s where 5.00 s were asked/,
  },
  {
    fault: "a job that was suspended for half its time",
    sql: "UPDATE held_intervals SET to_s = 6.2 WHERE job = 1",
    check: "run-time-kept",
    verdict: "failed",
    figure: 5,
    says: /job 1 held its cores for 5.00 s where 10.0 s were asked/,
  },
  {
    fault: "bodies without a time of their own",
    sql: "UPDATE runs SET bodies = ['hpl']",
    check: "run-time-kept",
    verdict: "unknown",
    says: /no completed job has a body of a given time/,
  },
];

describe("the audit finds", () => {
  test.each(cases)("$fault", async ({ sql, check, verdict, figure, says }) => {
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
