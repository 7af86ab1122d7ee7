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
  /** The only kind of live run that it is about, if it is about one; left out of all others. */
  readonly only?: "elastic" | "emulated" | undefined;
  find(connection: DuckDBConnection, runId: string): Promise<Finding>;
}

interface SqlCheck<Row> {
  readonly name: CheckName;
  readonly touches: readonly string[];
  readonly recorded?: boolean;
  readonly only?: Check["only"];
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

/** The run has nothing of the kind that the check is about: it neither passes nor is in doubt. */
export function notApplicable(why: string): Finding {
  return { ...unknown(`not applicable: ${why}`), verdict: "not applicable" };
}

/**
 * SQL: whether the run's jobs had no wrapper, because its emulated nodes run none: all of their moments are
 * the scheduler's.
 */
export const unwrappedSql = `(
  SELECT is_emulated(spec) AND NOT EXISTS (
    FROM job_events WHERE run_id = $1 AND source = 'wrapper'
  ) FROM runs WHERE run_id = $1
)`;

/** Why a check that compares the wrapper's moments with the scheduler's is not about such a run. */
export const unwrappedText =
  "the jobs had no wrapper on their emulated nodes, and all of their moments are the scheduler's";

/** SQL: seconds of the run in one of the host, whose own they are unless its scheduler had a faster clock. */
export const clockFactorSql = "(SELECT coalesce(clock_factor, 1) FROM runs WHERE run_id = $1)";

/**
 * SQL: the largest offset of the run's clocks in seconds of the run, by which moments of different clocks
 * may differ.
 */
export const clockOffsetSql = `(
  SELECT coalesce(max(greatest(abs(clock_offset_ms), abs(clock_offset_after_ms))), 0) / 1000 * ${clockFactorSql}
  FROM nodes WHERE run_id = $1
)`;

/**
 * A daemon that counts in whole seconds asks a clock that its kernel moves on once a tick (time(2)), of 10 ms at
 * most: just after a second has begun it may still be in the one before.
 */
const tickSeconds = 0.01;

/** SQL: by how many seconds a moment of this resolution, in milliseconds, may have been later than it says. */
export function withinSql(resolutionMs: string): string {
  return `(coalesce(${resolutionMs}, 0) / 1000
    + CASE WHEN ${resolutionMs} >= 1000 THEN ${tickSeconds} * ${clockFactorSql} ELSE 0 END)`;
}
