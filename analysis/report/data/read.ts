import type { DuckDBConnection } from "@duckdb/node-api";
import type { Report } from "../../../base/report";
import { type AuditedCheck, readAudits } from "../../audits";
import { type Row, rows } from "../../query";
import { binnedSeries } from "../../series";
import { metricSchema, type ReportRun, reportRunSchema } from "./run";

/** More changes than this could not be seen. */
const maxLevels = 400;

/** The runs with their jobs, nodes and metrics, oldest first. */
export async function readRuns(
  connection: DuckDBConnection,
  ids: readonly string[],
  report?: Report,
): Promise<ReportRun[]> {
  const audits = await readAudits(connection);
  const runs: ReportRun[] = [];
  for (const id of ids) {
    report?.(`reading run ${id} (${runs.length + 1} of ${ids.length})`);
    runs.push(await readRun(connection, id, audits.get(id) ?? []));
  }
  return runs;
}

async function readRun(
  connection: DuckDBConnection,
  id: string,
  audit: readonly AuditedCheck[],
): Promise<ReportRun> {
  const of = (sql: string) => rows(connection, sql, [id]);
  const [row] = await of("SELECT * FROM runs WHERE run_id = $1");
  const jobs = await of(
    `SELECT job, user_name AS "user", state, submit_s AS submit, start_s AS start, end_s AS "end",
       rounded_limit(limit_s, limit_resolution_s) AS "limit", wait_s AS wait, run_s AS run, bounded_slowdown AS "boundedSlowdown",
       allocated_cores AS cores, nodes, counted
     FROM job_times JOIN runs USING (run_id) WHERE run_id = $1
     ORDER BY submit_s NULLS LAST, job`,
  );
  const nodes = await of(
    `SELECT node, role, vcpus FROM nodes WHERE run_id = $1 AND role = 'compute' ORDER BY node`,
  );
  const [supply] = await of("SELECT EXISTS (FROM supply_steps WHERE run_id = $1) AS changes");
  const metrics = await of(
    `SELECT name, scope, subject, value, unit, definition, reason FROM metrics WHERE run_id = $1`,
  );
  const benchmarks = await of(
    `SELECT job, program, ranks, n, nb, p, q, seconds, gflops, residual, passed, reason, efficiency,
       efficiency_reason AS "efficiencyReason"
     FROM benchmarks WHERE run_id = $1 ORDER BY job`,
  );
  return reportRunSchema.parse({
    ...head(row ?? {}),
    row: row ?? {},
    jobs,
    nodes,
    supplyCanChange: supply?.changes === true,
    ...(await readLevels(connection, id)),
    // A metric of a scope that a later schema adds is not shown here.
    metrics: metrics.filter((metric) => metricSchema.safeParse(metric).success),
    benchmarks,
    audit,
  });
}

/** Every change of the run's core_series, or means where there are too many changes to see. */
async function readLevels(connection: DuckDBConnection, id: string) {
  const levels = await rows(
    connection,
    `SELECT at_s AS at, running_cores AS cores, queued_jobs AS waiting
     FROM core_series WHERE run_id = $1 ORDER BY at_s LIMIT ${maxLevels + 1}`,
    [id],
  );
  if (levels.length <= maxLevels) return { levels, averagedOver: null };
  const bins = await binnedSeries(connection, id, maxLevels);
  const means = bins.map(({ at, runningCores, queuedJobs }) => ({
    at,
    cores: runningCores,
    waiting: queuedJobs,
  }));
  const [last] = bins.slice(-1);
  const end = last === undefined ? [] : [{ at: last.at + last.seconds, cores: 0, waiting: 0 }];
  return { levels: [...means, ...end], averagedOver: last?.seconds ?? null };
}

function head(row: Row): Record<string, unknown> {
  return {
    id: row.run_id,
    experiment: row.experiment,
    tupleHash: row.tuple_hash,
    repeat: row.repeat,
    status: row.status,
    reason: row.reason,
    startedAt: row.started_at,
    capacityCores: row.capacity_cores,
    plannedJobs: row.planned_jobs,
    harnessLimited: row.harness_limited,
    harnessExplanation: row.harness_explanation,
    spec: row.spec,
    policy: row.policy,
    scheduler: [row.scheduler_kind, row.scheduler_version].filter(Boolean).join(" ") || null,
    codeDirty: row.code_dirty,
  };
}
