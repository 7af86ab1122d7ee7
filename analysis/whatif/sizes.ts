import type { DuckDBConnection } from "@duckdb/node-api";
import { rows } from "../query";

/** What can be computed of the jobs of one size, over rows of the view `job_times`. */
const aggregates: Readonly<Record<string, { readonly sql: string; readonly unit: string }>> = {
  mean_wait: { sql: "avg(wait_s)", unit: "s" },
  max_wait: { sql: "max(wait_s)", unit: "s" },
  p50_wait: { sql: "quantile_cont(wait_s, 0.5)", unit: "s" },
  p90_wait: { sql: "quantile_cont(wait_s, 0.9)", unit: "s" },
  p99_wait: { sql: "quantile_cont(wait_s, 0.99)", unit: "s" },
  mean_turnaround: { sql: "avg(turnaround_s)", unit: "s" },
  mean_slowdown: { sql: "avg(slowdown)", unit: "1" },
  mean_bounded_slowdown: { sql: "avg(bounded_slowdown)", unit: "1" },
};

const cores = "coalesce(requested_cores, allocated_cores)";

export interface SizeFigure {
  readonly run: string;
  readonly metric: string;
  readonly unit: string;
  /** In words, such as `jobs of more than 32 cores`. */
  readonly size: string;
  readonly jobs: number;
  readonly value: number;
}

/** Cores that half of the jobs of these runs do not exceed; null without jobs. */
export async function medianCores(
  connection: DuckDBConnection,
  runs: readonly string[],
): Promise<number | null> {
  const [found] = await rows(
    connection,
    `SELECT quantile_disc(${cores}, 0.5) AS median FROM job_times WHERE run_id IN (${quoted(runs)})`,
  );
  return typeof found?.median === "number" ? found.median : null;
}

/**
 * Figures of the jobs by the cores that they ask for, so that a job is in the same class on both sides.
 * `limits` ascend; a job with more cores than a limit is above it.
 */
export async function sizeFigures(
  connection: DuckDBConnection,
  runs: readonly string[],
  metrics: readonly string[],
  limits: readonly number[],
): Promise<SizeFigure[]> {
  const known = metrics.filter((metric) => Object.hasOwn(aggregates, metric));
  if (known.length === 0 || limits.length === 0 || runs.length === 0) return [];
  const cases = limits
    .map((limit, index) => `WHEN ${cores} > ${Number(limit)} THEN ${index + 1}`)
    .reverse();
  const columns = known.map((metric, index) => `${aggregates[metric]?.sql} AS m${index}`);
  const found = await rows(
    connection,
    `SELECT run_id, CASE ${cases.join(" ")} ELSE 0 END AS place, count(*) AS jobs, ${columns.join(", ")}
     FROM job_times WHERE counted AND run_id IN (${quoted(runs)})
     GROUP BY ALL ORDER BY place, run_id`,
  );
  return found.flatMap((row) =>
    known.flatMap((metric, index): SizeFigure[] => {
      const value = row[`m${index}`];
      if (typeof value !== "number") return [];
      return [
        {
          run: String(row.run_id),
          metric,
          unit: aggregates[metric]?.unit ?? "",
          size: sizeText(limits, Number(row.place)),
          jobs: Number(row.jobs),
          value,
        },
      ];
    }),
  );
}

/** The class at a place between the limits, 0 being the one below all of them. */
function sizeText(limits: readonly number[], place: number): string {
  const [below, upTo] = [limits[place - 1], limits[place]];
  if (upTo === undefined) return `jobs of more than ${coresText(below ?? 0)}`;
  if (below === undefined) return `jobs of up to ${coresText(upTo)}`;
  if (below + 1 === upTo) return `jobs of ${coresText(upTo)}`;
  return `jobs of ${below + 1} to ${coresText(upTo)}`;
}

function coresText(count: number): string {
  return `${count} core${count === 1 ? "" : "s"}`;
}

/** Identifiers of runs for SQL. */
function quoted(runs: readonly string[]): string {
  return runs.length === 0
    ? "NULL"
    : runs.map((run) => `'${run.replaceAll("'", "''")}'`).join(", ");
}
