import type { DuckDBConnection } from "@duckdb/node-api";
import type { z } from "zod";
import type { Finding } from "../../store/audits";
import type { CheckName } from "./names";

export interface Check {
  readonly name: CheckName;
  /** The run's metrics that are in doubt when the check does not pass. */
  readonly touches: readonly string[];
  /** Whether it makes sense for a recorded log too, which has only submit, start, end and cores. */
  readonly recorded: boolean;
  find(connection: DuckDBConnection, runId: string): Promise<Finding>;
}

interface SqlCheck<Row> {
  readonly name: CheckName;
  readonly touches: readonly string[];
  readonly recorded?: boolean;
  /** One row about the run `$1`. */
  readonly sql: string;
  readonly row: z.ZodType<Row>;
  /** Pure. */
  readonly judge: (row: Row) => Finding;
}

/** A check that is one query, which sums the run up, and one judgement of its row. */
export function sqlCheck<Row>({ sql, row, judge, ...rest }: SqlCheck<Row>): Check {
  return {
    recorded: false,
    ...rest,
    async find(connection, runId) {
      const reader = await connection.runAndReadAll(sql, [runId]);
      const [found] = reader.getRowObjectsJS();
      return judge(row.parse(found));
    },
  };
}

export type Judgement = Pick<Finding, "figure" | "limit" | "unit" | "explanation">;

/** Failed above the limit. */
export function judged(judgement: Judgement & { figure: number; limit: number }): Finding {
  return { verdict: judgement.figure > judgement.limit ? "failed" : "passed", ...judgement };
}

/** Noted above the limit: it has to be known beside the figures, and is no fault of the run. */
export function noted(judgement: Judgement & { figure: number; limit: number }): Finding {
  return { verdict: judgement.figure > judgement.limit ? "noted" : "passed", ...judgement };
}

export function unknown(explanation: string): Finding {
  return { verdict: "unknown", figure: null, limit: null, unit: null, explanation };
}

/**
 * SQL: the largest offset of the run's clocks in seconds, by which moments of different clocks may
 * differ.
 */
export const clockOffsetSql = `(
  SELECT coalesce(max(greatest(abs(clock_offset_ms), abs(clock_offset_after_ms))), 0) / 1000
  FROM nodes WHERE run_id = $1
)`;
