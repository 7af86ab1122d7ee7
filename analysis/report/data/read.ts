import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reporter } from "../../../base/reporter";
import { readAudits } from "../../audits";
import { isEmulated } from "../../emulation";
import { type Row, rows } from "../../query";
import { binnedSeries, type CoreSeries, coreSeries } from "../../series";
import { readCycles } from "./cycles";
import { readElastic } from "./elastic";
import { readJobs } from "./read-jobs";
import { type ReportRun, reportRunSchema } from "./run";

/** More changes than this could not be seen. */
const maxLevels = 400;
/** One query for several runs takes hardly longer than for one; their jobs are in memory together. */
const batchSize = 16;

/** The runs with their jobs, nodes and metrics, in this order. */
export async function readRuns(
  connection: DuckDBConnection,
  ids: readonly string[],
  report?: Reporter,
): Promise<ReportRun[]> {
  const runs: ReportRun[] = [];
  for (let first = 0; first < ids.length; first += batchSize) {
    const batch = ids.slice(first, first + batchSize);
    const until = first + batch.length;
    report?.(
      `reading ${batch.length === 1 ? `run ${batch[0]}` : `${batch.length} runs`} (${until} of ${ids.length})`,
    );
    runs.push(...(await readBatch(connection, batch)));
  }
  return runs;
}

const withoutLists = reportRunSchema.omit({ jobs: true, levels: true, averagedOver: true });

/** Of users, what the report shows; of classes and queues, nothing. */
const shownMetrics = `(scope IN ('run', 'policy')
  OR (scope = 'user' AND name IN ('n', 'mean_wait', 'mean_bounded_slowdown')))`;

async function readBatch(
  connection: DuckDBConnection,
  ids: readonly string[],
): Promise<ReportRun[]> {
  const these = `run_id IN (${ids.map((_, index) => `$${index + 1}`).join(", ")})`;
  const of = async (sql: string) => byRun(await rows(connection, sql, [...ids]));
  const heads = await of(`SELECT * FROM runs WHERE ${these}`);
  const jobs = await readJobs(connection, ids);
  const nodes = await of(
    `SELECT run_id, node, role, vcpus FROM nodes WHERE ${these} AND role = 'compute' ORDER BY node`,
  );
  const elastic = await readElastic(connection, ids);
  const metrics = await of(
    `SELECT run_id, name, scope, subject, value, unit, definition, reason FROM metrics
     WHERE ${these} AND ${shownMetrics}`,
  );
  const benchmarks = await of(
    `SELECT run_id, job, program, ranks, n, nb, p, q, seconds, gflops, residual, passed, reason, efficiency,
       efficiency_reason AS "efficiencyReason"
     FROM benchmarks WHERE ${these} ORDER BY job`,
  );
  const series = await coreSeries(connection, ids);
  const audits = await readAudits(connection, ids);
  const cycles = await readCycles(connection, ids);
  return ids.map((id) => {
    const row = heads.get(id)?.[0] ?? {};
    const run = withoutLists.parse({
      ...head(row),
      row,
      nodes: nodes.get(id) ?? [],
      elastic: elastic.get(id) ?? null,
      cycle: cycles.get(id) ?? null,
      metrics: metrics.get(id) ?? [],
      benchmarks: benchmarks.get(id) ?? [],
      audit: audits.get(id) ?? [],
    });
    return { ...run, jobs: jobs.get(id) ?? [], ...levelsOf(series.get(id)) };
  });
}

function byRun(found: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const runs = new Map<string, Row[]>();
  for (const row of found) {
    const id = String(row.run_id);
    const own = runs.get(id);
    if (own === undefined) runs.set(id, [row]);
    else own.push(row);
  }
  return runs;
}

/** Every change of the run's core_series, or means where there are too many changes to see. */
function levelsOf(series: CoreSeries | undefined): Pick<ReportRun, "levels" | "averagedOver"> {
  if (series === undefined) return { levels: [], averagedOver: null };
  const { at, cores, waiting } = series;
  if (at.length <= maxLevels) {
    const levels = at.map((time, index) => ({
      at: time,
      cores: cores[index] ?? 0,
      waiting: waiting[index] ?? 0,
    }));
    return { levels, averagedOver: null };
  }
  const bins = binnedSeries(series, maxLevels);
  const means = bins.map((bin) => ({ at: bin.at, cores: bin.cores, waiting: bin.waiting }));
  const last = bins.at(-1);
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
    clockFactor: row.clock_factor ?? null,
    emulated: isEmulated(typeof row.spec === "string" ? row.spec : null),
    policy: row.policy,
    scheduler: [row.scheduler_kind, row.scheduler_version].filter(Boolean).join(" ") || null,
    codeDirty: row.code_dirty,
  };
}
