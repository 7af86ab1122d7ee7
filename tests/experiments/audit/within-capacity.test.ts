import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { auditAfter, soundStore } from "./sound-run";

interface Held {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
  /** Of node01 alone, or half on each node. */
  readonly spread: boolean;
}

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await soundStore();
});

const held: fc.Arbitrary<Held> = fc
  .record({
    from: fc.integer({ min: 0, max: 20 }),
    length: fc.integer({ min: 1, max: 10 }),
    half: fc.integer({ min: 1, max: 3 }),
    spread: fc.boolean(),
  })
  .map(({ from, length, half, spread }) => ({ from, to: from + length, cores: 2 * half, spread }));

/** The largest share of the cluster's 8 cores, or of a node's 4, at any second: by looking at each. */
function peak(intervals: readonly Held[]): number {
  const shares = Array.from({ length: 32 }, (_, second) => {
    const now = intervals.filter(({ from, to }) => from <= second && second < to);
    const sum = (amount: (job: Held) => number) => now.reduce((all, job) => all + amount(job), 0);
    return Math.max(
      sum(({ cores }) => cores) / 8,
      sum(({ cores, spread }) => (spread ? cores / 2 : cores)) / 4,
      sum(({ cores, spread }) => (spread ? cores / 2 : 0)) / 4,
    );
  });
  return Math.max(...shares);
}

function insert(intervals: readonly Held[]): string {
  const rows = intervals.map(({ from, to, cores, spread }, index) => {
    const nodes = spread ? "['node01', 'node02']" : "['node01']";
    const onEach = spread ? `[${cores / 2}, ${cores / 2}]` : `[${cores}]`;
    return `(${index + 1}, ${from}, ${to}, ${cores}, ${nodes}, ${onEach})`;
  });
  return `
    UPDATE nodes SET clock_offset_ms = 0, clock_offset_after_ms = 0;
    DELETE FROM jobs; DELETE FROM attempts; DELETE FROM held_intervals;
    CREATE TEMP TABLE wanted AS
      FROM (VALUES ${rows.join(", ")}) AS t(job, from_s, to_s, cores, nodes, node_cores);
    INSERT INTO jobs BY NAME SELECT 'r' AS run_id, job, from_s AS start_s, to_s AS end_s,
      1 AS requested_memory_mib FROM wanted;
    INSERT INTO attempts BY NAME SELECT 'r' AS run_id, job, 1 AS attempt, from_s AS start_s, to_s AS end_s,
      cores, nodes, node_cores FROM wanted;
    INSERT INTO held_intervals BY NAME SELECT 'r' AS run_id, job, 1 AS attempt, from_s, to_s FROM wanted`;
}

test("the most that was held is what looking at every instant finds, per node and in all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(held, { minLength: 1, maxLength: 12 }), async (intervals) => {
      const found = (await auditAfter(connection, insert(intervals))).get("within-capacity");
      const expected = peak(intervals);
      expect(found?.figure).toBeCloseTo(expected, 9);
      expect(found?.verdict).toBe(expected > 1 ? "failed" : "passed");
    }),
    { numRuns: 25 },
  );
}, 120_000);
