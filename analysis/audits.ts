import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { z } from "zod";
import { verdicts } from "../store/audits";
import { rows } from "./query";

export const auditSchema = z.object({
  check: z.string(),
  verdict: z.enum(verdicts),
  figure: z.number().nullable(),
  limit: z.number().nullable(),
  unit: z.string().nullable(),
  explanation: z.string(),
  /** Names of the run's metrics that are in doubt when the check does not pass. */
  touches: z.array(z.string()),
});
export type AuditedCheck = z.infer<typeof auditSchema>;

/** The audit of each of these runs, or of all, in the checks' order. A run that is not in it was never audited. */
export async function readAudits(
  connection: DuckDBConnection,
  runIds?: readonly string[],
): Promise<ReadonlyMap<string, readonly AuditedCheck[]>> {
  const found = await rows(
    connection,
    `SELECT run_id, check_name AS "check", verdict, figure, limit_value AS "limit", unit, explanation,
       touches
     FROM audits ${runIds === undefined ? "" : "WHERE run_id IN (SELECT unnest($1::VARCHAR[]))"}
     ORDER BY rowid`,
    runIds === undefined ? [] : [listValue([...runIds])],
  );
  const audits = new Map<string, AuditedCheck[]>();
  for (const { run_id, ...row } of found) {
    const run = String(run_id);
    const own = audits.get(run) ?? [];
    own.push(auditSchema.parse(row));
    audits.set(run, own);
  }
  return audits;
}

/** The failed checks that the user does not accept. */
export function failedChecks(
  audit: readonly AuditedCheck[],
  accepted: readonly string[] = [],
): string[] {
  return audit
    .filter(({ check, verdict }) => verdict === "failed" && !accepted.includes(check))
    .map(({ check }) => check);
}

/** `!` beside a figure that a failed check touches, `*` beside one about which something has to be known. */
export function markOf(audit: readonly AuditedCheck[], metric: string): "" | "!" | "*" {
  const touching = audit.filter(({ touches }) => touches.includes(metric));
  if (touching.some(({ verdict }) => verdict === "failed")) return "!";
  return touching.some(({ verdict }) => verdict === "noted") ? "*" : "";
}

/** What did not pass, one line each; nothing for a run without an audit. */
export function auditNotes(audit: readonly AuditedCheck[]): string[] {
  const lines = audit.flatMap(({ check, verdict, explanation }) => {
    if (verdict === "failed") return [`! audit failed in ${check}: ${explanation}`];
    return verdict === "noted" ? [`* audit notes ${check}: ${explanation}`] : [];
  });
  const unknown = audit.filter(({ verdict }) => verdict === "unknown").map(({ check }) => check);
  return unknown.length === 0 ? lines : [...lines, `audit could not tell: ${unknown.join(", ")}`];
}
