import type { Report } from "../base/report";
import { auditRun } from "../experiments/audit/audit";
import { type AuditRecord, storeAudit } from "../store/audits";
import { withBoundMemory } from "../store/memory";
import { readStore } from "../store/open";

/**
 * Audits a run of the store and stores the result with it. The store is read, then written, and not
 * held in between. Null when the store does not have the run. Throws Failure.
 */
export async function auditLoaded(
  store: string,
  runId: string,
  report: Report,
): Promise<readonly AuditRecord[] | null> {
  const work = await withBoundMemory(
    (bound) =>
      readStore(
        store,
        async (connection) => {
          const reader = await connection.runAndReadAll(
            `SELECT content_hash, (SELECT count(*) FROM jobs WHERE jobs.run_id = runs.run_id)
             FROM runs WHERE run_id = $1`,
            [runId],
          );
          const [row] = reader.getRows();
          if (row === undefined) return null;
          const [contentHash, jobs] = row;
          await bound(connection, Number(jobs));
          return { contentHash: String(contentHash), audit: await auditRun(connection, runId) };
        },
        { report },
      ),
    report,
  );
  if (work === null) return null;
  await storeAudit(store, { runId, contentHash: work.contentHash }, work.audit, { report });
  return work.audit;
}
