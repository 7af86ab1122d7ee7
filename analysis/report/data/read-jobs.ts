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
  const names = new Map<string, string>();
  const jobs = new Map<string, ReportJob[]>();
  // A number is read faster than an identifier.
  for (const [index, place] of (columns[0] ?? []).entries()) {
    const run = ids[Number(place) - 1] ?? "";
    const own = jobs.get(run) ?? [];
    if (own.length === 0) jobs.set(run, own);
    own.push(jobOf(columns, index, names));
  }
  return jobs;
}

type Columns = readonly (readonly unknown[])[];

/**
 * By hand: checking the types of each of hundreds of thousands of jobs takes longer than reading them.
 * `names` has each node's name once, whatever number of jobs it has.
 */
function jobOf(columns: Columns, row: number, names: Map<string, string>): ReportJob {
  const nodes = columns[12]?.[row];
  return {
    job: numberAt(columns, 1, row) ?? Number.NaN,
    user: textAt(columns, 2, row),
    state: textAt(columns, 3, row),
    submit: numberAt(columns, 4, row),
    start: numberAt(columns, 5, row),
    end: numberAt(columns, 6, row),
    limit: numberAt(columns, 7, row),
    wait: numberAt(columns, 8, row),
    run: numberAt(columns, 9, row),
    boundedSlowdown: numberAt(columns, 10, row),
    cores: numberAt(columns, 11, row),
    nodes: Array.isArray(nodes) ? nodes.map((node) => onceOf(names, String(node))) : null,
    counted: columns[13]?.[row] === true,
  };
}

function onceOf(names: Map<string, string>, name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, name);
  return name;
}

function textAt(columns: Columns, column: number, row: number): string | null {
  const value = columns[column]?.[row] ?? null;
  return value === null ? null : String(value);
}

function numberAt(columns: Columns, column: number, row: number): number | null {
  const value = columns[column]?.[row];
  return typeof value === "number" ? value : null;
}
