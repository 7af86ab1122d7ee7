import type { DuckDBConnection } from "@duckdb/node-api";
import type { AuditRecord } from "../../store/audits";
import { checks } from "./checks";

/** Every check of the run that makes sense for its origin, in the checks' order. Reads only. */
export async function auditRun(
  connection: DuckDBConnection,
  runId: string,
): Promise<AuditRecord[]> {
  const reader = await connection.runAndReadAll(
    `SELECT origin = 'live', is_emulated(spec), run_id IN (SELECT run_id FROM elastic_runs)
     FROM runs WHERE run_id = $1`,
    [runId],
  );
  const [live = false, emulated = false, elastic = false] = reader.getRowsJS()[0] ?? [];
  const found: AuditRecord[] = [];
  for (const check of checks) {
    if (!live && !check.recorded) continue;
    if (check.only === "emulated" && emulated !== true) continue;
    if (check.only === "elastic" && elastic !== true) continue;
    const finding = await check.find(connection, runId);
    found.push({ check: check.name, touches: check.touches, ...finding });
  }
  return found;
}
