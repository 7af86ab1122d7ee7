import type { DuckDBConnection } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { auditAfter, soundStore } from "./sound-run";

/** The sound run with a clock of this factor: its seconds are as many, of a host that was as much faster. */
const accelerated = (factor: number) => `UPDATE runs SET clock_factor = ${factor};`;

/** Samples a minute apart, as one a second of the host is at a factor of 60; the host was busiest at the end. */
const minutes = `
  UPDATE jobs SET end_s = end_s + 1800 WHERE job = 3;
  DELETE FROM host_samples; DELETE FROM samples;
  INSERT INTO host_samples SELECT 'r', 60 * s, CASE WHEN s > 20 THEN 54 * (s - 20) ELSE 0 END + 6 * s, 120 * s, 0, 0
  FROM range(0, 31) AS t(s);
  INSERT INTO samples BY NAME SELECT 'r' AS run_id, node, 60 * s AS at_s, s AS cpu_seconds
  FROM nodes, range(0, 31) AS t(s);
`;

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await soundStore();
});

describe("the audit of a run with an accelerated clock", () => {
  test("judges the harness's pace in seconds of the host", async () => {
    const late = "UPDATE jobs SET due_s = submit_s - 30 WHERE submit_s IS NOT NULL;";
    const real = await auditAfter(connection, late);
    expect(real.get("submission-kept")).toMatchObject({ verdict: "failed" });
    const fast = await auditAfter(connection, accelerated(60) + late);
    for (const name of ["submission-kept", "latest-submission"] as const) {
      expect(fast.get(name)).toMatchObject({ verdict: "passed", unit: "s of the host" });
      expect(fast.get(name)?.figure).toBeCloseTo(0.5, 6);
    }
    expect(fast.get("submission-kept")?.explanation).toContain("99 % at most 0.50 s");
  });

  test("allows for the offsets of clocks in the scheduler's seconds", async () => {
    const before = `
      UPDATE jobs SET due_s = start_s, submit_s = start_s + 0.02, accept_s = start_s + 0.05 WHERE job = 1;
      UPDATE job_events SET at_s = 1 WHERE job = 1 AND event = 'eligible';
    `;
    const real = await auditAfter(connection, before);
    expect(real.get("moments-in-order")?.verdict).toBe("failed");
    const fast = await auditAfter(connection, accelerated(60) + before);
    expect(fast.get("moments-in-order")?.verdict).toBe("passed");
  });

  test("looks for the busiest ten seconds of the host", async () => {
    const fast = await auditAfter(connection, accelerated(60) + minutes);
    expect(fast.get("quiet-host")?.explanation).toMatch(
      /most beside them, .* in the 600 s from 1200 s/,
    );
  });
});
