import type { DuckDBConnection } from "@duckdb/node-api";
import type { AuditRecord } from "../../store/audits";
import { checks } from "./checks";

/** Every check of the run that makes sense for its origin, in the checks' order. Reads only. */
export async function auditRun(
  connection: DuckDBConnection,
  runId: string,
): Promise<AuditRecord[]> {
  const reader = await connection.runAndReadAll("SELECT origin FROM runs WHERE run_id = $1", [
    runId,
  ]);
  const live = reader.getRows()[0]?.[0] === "live";
  const found: AuditRecord[] = [];
  for (const check of checks) {
    if (!live && !check.recorded) continue;
    const finding = await check.find(connection, runId);
    found.push({ check: check.name, touches: check.touches, ...finding });
  }
  return found;
}
