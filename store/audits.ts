import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { appendRows, type Columns } from "./append";
import { transaction } from "./migrate";
import { type StoreOptions, writeStore } from "./open";

/**
 * `noted` has to be known when reading the figures but is no fault of the run; `failed` makes a run
 * incomparable; `unknown` means that the run has no records that would tell, and `not applicable` that it
 * has nothing of the kind that the check is about.
 */
export const verdicts = ["passed", "noted", "failed", "unknown", "not applicable"] as const;
export type Verdict = (typeof verdicts)[number];

/** What a check found: a figure and its limit, and what it means in plain words. */
export interface Finding {
  readonly verdict: Verdict;
  readonly figure: number | null;
  /** The largest figure that passes. */
  readonly limit: number | null;
  readonly unit: string | null;
  /** Names the worst example. */
  readonly explanation: string;
}

export interface AuditRecord extends Finding {
  readonly check: string;
  /** Names of the run's metrics that are in doubt when the check does not pass. */
  readonly touches: readonly string[];
}

/**
 * Replaces the run's audit. Returns false and writes nothing when the run was removed or replaced since
 * it was read. Throws Failure.
 */
export async function storeAudit(
  storePath: string,
  { runId, contentHash }: { readonly runId: string; readonly contentHash: string },
  audit: readonly AuditRecord[],
  options: StoreOptions = {},
): Promise<boolean> {
  return writeStore(
    storePath,
    async (connection) => {
      const found = await connection.runAndReadAll(
        "SELECT 1 FROM runs WHERE run_id = $1 AND content_hash = $2",
        [runId, contentHash],
      );
      if (found.currentRowCount === 0) return false;
      await transaction(connection, () => insertAudit(connection, runId, audit));
      return true;
    },
    options,
  );
}

async function insertAudit(
  connection: DuckDBConnection,
  runId: string,
  audit: readonly AuditRecord[],
): Promise<void> {
  await connection.run("DELETE FROM audits WHERE run_id = $1", [runId]);
  await appendRows(connection, "audits", auditColumns(runId), audit);
}

function auditColumns(runId: string): Columns<AuditRecord> {
  return {
    run_id: () => runId,
    check_name: ({ check }) => check,
    verdict: ({ verdict }) => verdict,
    figure: ({ figure }) => figure,
    limit_value: ({ limit }) => limit,
    unit: ({ unit }) => unit,
    explanation: ({ explanation }) => explanation,
    touches: ({ touches }) => listValue(touches),
  };
}
