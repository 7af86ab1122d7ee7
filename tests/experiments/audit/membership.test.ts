import type { DuckDBConnection } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { auditAfter, soundStore } from "./sound-run";

const spec = JSON.stringify({
  topology: {
    nodes: {
      count: 1,
      features: ["fast", "ib"],
      gpuType: "a100",
      elastic: { min: 1, max: 2, provisioning: { kind: "domain", deadline: 120 } },
    },
    pools: {},
  },
});

/** The sound run on an elastic pool: node02 comes before job 2 starts and leaves after job 3. */
const elastic = `
  UPDATE runs SET spec = '${spec}';
  UPDATE nodes SET pool = 'nodes' WHERE role = 'compute';
  INSERT INTO supply_steps VALUES ('r', 0, 4), ('r', 1, 8), ('r', 17, 4);
  INSERT INTO node_events BY NAME SELECT 'r' AS run_id, 'node02' AS node, event, at_s, 'harness' AS source,
    1 AS resolution_ms
  FROM (VALUES ('join-decided', 0.5), ('started', 0.8), ('schedulable', 1), ('leave-decided', 17),
    ('draining', 17.1), ('drained', 17.2), ('left', 17.5)) AS t(event, at_s);
  INSERT INTO scaling_decisions VALUES ('r', 0.5, 'nodes', 0.45, 'pressure', 8, 0, 4, 0, ['node02'], []);
`;

const faults: readonly {
  readonly fault: string;
  readonly sql: string;
  readonly figure: number;
  readonly says: RegExp;
}[] = [
  {
    fault: "a job that runs on a node when it leaves",
    sql: `UPDATE node_events SET at_s = 6.2 WHERE event = 'left';
      UPDATE node_events SET at_s = 6 WHERE event IN ('leave-decided', 'draining', 'drained');
      UPDATE attempts SET nodes = ['node01'], node_cores = [6] WHERE job = 3`,
    figure: 1,
    says: /^job 2 was running on node02 when it left at 6\.20 s$/,
  },
  {
    fault: "a job that starts on a node that is not schedulable yet",
    sql: "UPDATE node_events SET at_s = 1.35 WHERE event = 'schedulable'",
    figure: 1,
    says: /^job 2 started on node02 at 1\.30 s, when it was not schedulable$/,
  },
  {
    fault: "jobs that start on a node that is being drained, or is away",
    sql: `UPDATE node_events SET at_s = 10.9 WHERE event = 'draining';
      INSERT INTO attempts BY NAME SELECT * REPLACE (4 AS job, 18 AS start_s, 19 AS end_s)
      FROM attempts WHERE job = 2`,
    figure: 2,
    says: /^job 3 started on node02 at 11\.5 s, when it was not schedulable, and 1 more such case$/,
  },
  {
    fault: "a job on a node that never came",
    sql: "DELETE FROM node_events; DELETE FROM scaling_decisions",
    figure: 2,
    says: /^job 2 started on node02/,
  },
  {
    fault: "a job that starts again after its end",
    sql: `INSERT INTO attempts BY NAME
      SELECT * REPLACE (2 AS attempt, 7 AS start_s, 8 AS end_s) FROM attempts WHERE job = 2`,
    figure: 1,
    says: /^job 2 had several attempts and not exactly one outcome$/,
  },
  {
    fault: "a job of several attempts that has no outcome",
    sql: `INSERT INTO attempts BY NAME
        SELECT * REPLACE (2 AS attempt, 5 AS start_s, 6.3 AS end_s) FROM attempts WHERE job = 2;
      UPDATE attempts SET end_s = 4 WHERE job = 2 AND attempt = 1;
      UPDATE jobs SET state = 'lost' WHERE job = 2`,
    figure: 1,
    says: /^job 2 had several attempts/,
  },
  {
    fault: "a joining that nobody gave up",
    sql: `UPDATE runs SET started_at = '2026-11-26', finished_at = '2026-11-26 00:05:00';
      INSERT INTO node_events VALUES ('r', 'node02', 'join-decided', 20, 'harness', 1, NULL)`,
    figure: 1,
    says: /^the joining of node02, decided at 20\.0 s, ended neither/,
  },
  {
    fault: "a joining that was forgotten for another one",
    sql: `INSERT INTO node_events VALUES ('r', 'node02', 'join-decided', 20, 'harness', 1, NULL),
      ('r', 'node02', 'join-decided', 21, 'harness', 1, NULL),
      ('r', 'node02', 'given-up', 22, 'harness', 1, NULL)`,
    figure: 1,
    says: /^the joining of node02, decided at 20\.0 s/,
  },
  {
    fault: "a decision of which no event tells",
    sql: "UPDATE scaling_decisions SET joined = ['node02', 'node07']",
    figure: 1,
    says: /^node node07 was taken in by a decision, and no event tells of it$/,
  },
];

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await soundStore();
  await connection.run(elastic);
});

describe("the audit of nodes that come and go", () => {
  test("passes a sound run", async () => {
    const audit = await auditAfter(connection, "");
    expect([...audit.values()].filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(audit.get("membership")?.explanation).toContain("1 join, 1 leave, 0 jobs");
  });

  test("says of how many attempts it cannot tell where they were", async () => {
    const unplaced = "UPDATE attempts SET nodes = NULL, node_cores = NULL WHERE job = 3";
    expect((await auditAfter(connection, unplaced)).get("membership")).toMatchObject({
      verdict: "passed",
      explanation: expect.stringMatching(
        /; 1 attempt could not be looked at, since nobody says on which nodes$/,
      ),
    });
  });

  test("is left out on a fixed cluster", async () => {
    const fixed = "UPDATE runs SET spec = NULL; DELETE FROM supply_steps";
    expect((await auditAfter(connection, fixed)).has("membership")).toBe(false);
  });

  test.each(faults)("finds $fault", async ({ sql, figure, says }) => {
    const found = (await auditAfter(connection, sql)).get("membership");
    expect(found?.explanation).toMatch(says);
    expect(found).toMatchObject({ verdict: "failed", figure, limit: 0 });
  });

  test.each([
    [
      "what resolutions may hide",
      `UPDATE node_events SET at_s = 1.9, resolution_ms = 1000 WHERE event = 'schedulable'`,
    ],
    [
      "jobs that were requeued and then ended",
      `INSERT INTO attempts BY NAME
         SELECT * REPLACE (2 AS attempt, 5 AS start_s, 6.3 AS end_s) FROM attempts WHERE job = 2;
       UPDATE attempts SET end_s = 4 WHERE job = 2 AND attempt = 1`,
    ],
    [
      "jobs on a node that was lost",
      `UPDATE node_events SET event = 'lost', at_s = 15 WHERE event = 'leave-decided';
       DELETE FROM node_events WHERE event IN ('draining', 'drained', 'left')`,
    ],
    [
      "a job whose wrapper starts after the drain that its scheduler's placing came before",
      `UPDATE node_events SET at_s = 10.9 WHERE event = 'draining';
       UPDATE job_events SET at_s = 9, resolution_ms = 1 WHERE job = 3 AND event = 'start' AND source = 'scheduler'`,
    ],
    [
      "a joining that the run's end cut off",
      "INSERT INTO node_events VALUES ('r', 'node02', 'join-decided', 18, 'harness', 1, NULL)",
    ],
  ])("bears %s", async (_, sql) => {
    expect((await auditAfter(connection, sql)).get("membership")?.verdict).toBe("passed");
  });
});
