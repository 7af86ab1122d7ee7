import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReportJob } from "./run";

/** Jobs by run, in the order of their submission. */
export async function readJobs(
  connection: DuckDBConnection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReportJob[]>> {
  const places = ids.map((_, index) => `$${index + 1}`).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT list_position([${places}]::VARCHAR[], run_id), job, user_name, state, submit_s, start_s, end_s,
       rounded_limit(limit_s, limit_resolution_s), wait_s, run_s, bounded_slowdown,
       allocated_cores, nodes, counted
     FROM job_times JOIN runs USING (run_id) WHERE run_id IN (${places})
     ORDER BY submit_s NULLS LAST, job`,
    [...ids],
  );
  const columns = reader.getColumnsJS();
  const jobs = new Map<string, ReportJob[]>();
  // A number is read faster than an identifier.
  for (const [index, place] of (columns[0] ?? []).entries()) {
    const run = ids[Number(place) - 1] ?? "";
    const own = jobs.get(run) ?? [];
    if (own.length === 0) jobs.set(run, own);
    own.push(jobOf(columns, index));
  }
  return jobs;
}

/** By hand: checking the types of each of hundreds of thousands of jobs takes longer than reading them. */
function jobOf(columns: readonly (readonly unknown[])[], index: number): ReportJob {
  const text = (column: number) => {
    const value = columns[column]?.[index] ?? null;
    return value === null ? null : String(value);
  };
  const number = (column: number) => {
    const value = columns[column]?.[index];
    return typeof value === "number" ? value : null;
  };
  const nodes = columns[12]?.[index];
  return {
    job: number(1) ?? Number.NaN,
    user: text(2),
    state: text(3),
    submit: number(4),
    start: number(5),
    end: number(6),
    limit: number(7),
    wait: number(8),
    run: number(9),
    boundedSlowdown: number(10),
    cores: number(11),
    nodes: Array.isArray(nodes) ? nodes.map(String) : null,
    counted: columns[13]?.[index] === true,
  };
}
