import type { DuckDBConnection } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { auditAfter, soundStore } from "./sound-run";

/** The sound run on two nodes that a third domain emulates, without wrappers. */
const emulated = `
  UPDATE runs SET spec = '{"topology":{"nodes":{"features":["fast","ib"],"emulated":{"perDomain":2,"gpuType":"a100"}}}}', bodies = ['hold'], host_cores = 2;
  UPDATE nodes SET emulated_on = 'node00', clock_offset_after_ms = NULL WHERE role = 'compute';
  INSERT INTO nodes BY NAME SELECT 'r' AS run_id, 'node00' AS node, 'host' AS role, 1 AS vcpus, 512 AS memory_mib,
    0 AS gpus, 0.1 AS clock_offset_ms, 0.1 AS clock_offset_after_ms;
  DELETE FROM samples WHERE node IN ('node01', 'node02');
  INSERT INTO samples BY NAME SELECT 'r' AS run_id, 'node00' AS node, s AS at_s, 0.1 * s AS cpu_seconds
  FROM range(0, 18) AS t(s);
  DELETE FROM job_events WHERE source = 'wrapper';
  UPDATE jobs SET start_source = 'scheduler', end_source = 'scheduler' WHERE start_s IS NOT NULL;
  UPDATE attempts SET start_source = 'scheduler', end_source = 'scheduler';
  INSERT INTO daemons VALUES ('r', 'controller', 'a-scheduler', 16.5, 1e8), ('r', 'node00', 'a-node', 1, 1e8);
`;

/** Ends job 1 (10 s) and what is known of it so much later. */
const later = (seconds: number) =>
  ["UPDATE jobs SET", "UPDATE attempts SET"]
    .map((update) => `${update} end_s = end_s + ${seconds} WHERE job = 1;`)
    .concat(`UPDATE held_intervals SET to_s = to_s + ${seconds} WHERE job = 1;`)
    .join("\n");

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await soundStore();
  await connection.run(emulated);
});

describe("the audit of emulated nodes", () => {
  test("passes a sound run, and says of what there is no wrapper to judge by that it is not applicable", async () => {
    const audit = await auditAfter(connection, "");
    const open = [...audit].filter(([, { verdict }]) => verdict !== "passed");
    expect(open.map(([name, { verdict }]) => [name, verdict])).toEqual([
      ["sources-agree", "not applicable"],
      ["launch-lag", "not applicable"],
      ["run-time-kept", "not applicable"],
    ]);
    expect(audit.get("launch-lag")?.explanation).toContain("had no wrapper");
    expect(audit.get("run-time-kept")?.explanation).toContain("emulation-exact");
    expect(audit.get("clocks")?.explanation).toContain("of 2 nodes");
  });

  /** The same nodes by name, with this feature beside `fast`. */
  const listed = (names: string, feature: string) => {
    const entry = `{"names":"${names}","cores":4,"memory":"1GiB","gpus":1,"gpuType":"a100","features":["fast","${feature}"]}`;
    return `UPDATE runs SET spec = '{"topology":{"nodes":{"emulated":{"from":"list","nodes":[${entry}]}}}}'`;
  };

  test("takes features and types of GPU from the entries of a list of nodes", async () => {
    const asksKept = async (sql: string) => (await auditAfter(connection, sql)).get("asks-kept");
    expect(await asksKept(listed("node[01-02]", "ib"))).toMatchObject({
      verdict: "passed",
      explanation: "2 jobs ran on nodes as asked for",
    });
    expect(await asksKept(listed("node[01-02]", "slow"))).toMatchObject({
      verdict: "failed",
      explanation: "job 1 ran on a node without the features asked for",
    });
    const unlisted = await asksKept(listed("node02", "ib"));
    expect(unlisted?.verdict).toBe("passed");
    expect(unlisted?.explanation).toMatch(/1 job was not judged by features and type of GPU/);
  });

  test("still compares a wrapper's moments where there are some", async () => {
    const wrapper =
      "INSERT INTO job_events SELECT run_id, job, 'start', start_s, 'wrapper', 0.001 FROM jobs WHERE start_s > 0";
    expect((await auditAfter(connection, wrapper)).get("sources-agree")?.verdict).toBe("passed");
  });

  test("refuses a run whose jobs held their cores for longer than they were asked to", async () => {
    const found = (await auditAfter(connection, later(1.5))).get("emulation-exact");
    expect(found).toMatchObject({ verdict: "failed", limit: 1 });
    expect(found?.figure).toBeCloseTo(1.5, 2);
    expect(found?.explanation).toContain("job 1 held its cores for 11.5 s where 10.0 s were asked");
    expect(found?.explanation).toContain(
      "up to 2 jobs on 2 nodes started within a second of the host and 1 job on 2 nodes ended",
    );
    expect(found?.explanation).toContain(
      "a-scheduler on controller used 1.00 cores of the host's 2, a-node on node00 used 0.06 cores",
    );
  });

  test("allows 2 % of a long job, and what a scheduler's whole seconds hide", async () => {
    const long = `UPDATE jobs SET planned_run_s = 100, end_s = start_s + 101.9, limit_s = 300 WHERE job = 1;
      UPDATE held_intervals SET to_s = from_s + 101.9 WHERE job = 1`;
    expect((await auditAfter(connection, long)).get("emulation-exact")?.verdict).toBe("passed");
    const coarse = `${later(1.9)} UPDATE jobs SET end_resolution_ms = 1000 WHERE job = 1`;
    expect((await auditAfter(connection, coarse)).get("emulation-exact")?.verdict).toBe("passed");
  });

  test("does not judge jobs that their limit ended, and cannot tell without a job that was to complete", async () => {
    const limited = `${later(5)} UPDATE jobs SET limit_s = 10 WHERE job = 1`;
    expect((await auditAfter(connection, limited)).get("emulation-exact")?.verdict).toBe("passed");
    const none = "UPDATE jobs SET state = 'failed'";
    expect((await auditAfter(connection, none)).get("emulation-exact")?.verdict).toBe("unknown");
  });

  test("judges a job that came so late that its limit ended it", async () => {
    const late = `${later(5)} UPDATE jobs SET state = 'timeout', limit_s = 14 WHERE job = 1`;
    expect((await auditAfter(connection, late)).get("emulation-exact")).toMatchObject({
      verdict: "failed",
      figure: expect.closeTo(5, 5),
    });
  });

  test("counts what came within a second of the host, however fast the clock", async () => {
    const fast = `${later(60)} UPDATE runs SET clock_factor = 100`;
    expect((await auditAfter(connection, fast)).get("emulation-exact")?.explanation).toMatch(
      /up to 3 jobs on \d nodes started within a second of the host/,
    );
  });

  test("is left out on real nodes", async () => {
    const real = "UPDATE runs SET spec = NULL";
    expect((await auditAfter(connection, real)).has("emulation-exact")).toBe(false);
  });
});
