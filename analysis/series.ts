import type { DuckDBConnection } from "@duckdb/node-api";
import { rows } from "./query";

/** Means over one bin of a run's time. */
export interface SeriesPoint {
  /** Start and length of the bin, seconds of the run. */
  readonly at: number;
  readonly seconds: number;
  readonly runningCores: number;
  readonly queuedCores: number;
  readonly queuedJobs: number;
  /** Running cores / capacity; null when the capacity is not known. */
  readonly utilisation: number | null;
}

/**
 * A run's core_series as time-weighted means over `bins` bins of equal length between its first
 * submit and last end. Empty for a run without a counted job or of no length.
 */
export async function binnedSeries(
  connection: DuckDBConnection,
  runId: string,
  bins: number,
): Promise<SeriesPoint[]> {
  const found = await rows(
    connection,
    `WITH steps AS MATERIALIZED (
       SELECT at_s, until_s, running_cores, queued_cores, queued_jobs,
         coalesce(sum(running_cores * (until_s - at_s)) OVER before, 0) AS running,
         coalesce(sum(queued_cores * (until_s - at_s)) OVER before, 0) AS queued,
         coalesce(sum(queued_jobs * (until_s - at_s)) OVER before, 0) AS waiting
       FROM core_series WHERE run_id = $1
       WINDOW before AS (ORDER BY at_s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
     ), span AS (
       SELECT min(at_s) AS first_s, max(at_s) AS last_s FROM steps
     ), edges AS (
       SELECT i, first_s + (last_s - first_s) * i / $2 AS edge_s
       FROM span, range($2::BIGINT + 1) AS r(i) WHERE last_s > first_s
     ), integrals AS (
       SELECT i, edge_s,
         running + running_cores * (edge_s - at_s) AS running,
         queued + queued_cores * (edge_s - at_s) AS queued,
         waiting + queued_jobs * (edge_s - at_s) AS waiting
       FROM edges ASOF JOIN steps ON edge_s >= at_s
     ), bins AS (
       SELECT i, edge_s AS at_s, lead(edge_s) OVER (ORDER BY i) - edge_s AS seconds,
         lead(running) OVER (ORDER BY i) - running AS running,
         lead(queued) OVER (ORDER BY i) - queued AS queued,
         lead(waiting) OVER (ORDER BY i) - waiting AS waiting
       FROM integrals
     )
     SELECT at_s AS at, seconds, running / seconds AS "runningCores",
       queued / seconds AS "queuedCores", waiting / seconds AS "queuedJobs",
       running / seconds / (SELECT nullif(capacity_cores, 0) FROM runs WHERE run_id = $1)
         AS utilisation
     FROM bins WHERE seconds IS NOT NULL ORDER BY i`,
    [runId, bins],
  );
  return found as unknown as SeriesPoint[];
}
