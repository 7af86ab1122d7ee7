import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { rows } from "../query";
import { medianCores, sizeFigures } from "./sizes";

/** Whose jobs a figure is of. */
export interface Subject {
  /** `all`; `size`, by cores; or a scope of the store's metrics, such as `user` or `queue`. */
  readonly scope: string;
  /** The user, the queue, … or the size in words; null for all jobs. */
  readonly name: string | null;
}

export interface Figures extends Subject {
  readonly metric: string;
  readonly unit: string;
  /** By run; runs in which it is unknown are not in it. */
  readonly values: ReadonlyMap<string, number>;
  /** Jobs a run that it is over, on average over the runs. */
  readonly jobs: number;
}

/**
 * Scopes whose subjects are no groups of the same jobs on both sides: simulated policies, and classes
 * whose limits are those of each run.
 */
const notCompared = ["policy", "class"];

/**
 * The metrics of these runs for all jobs, for jobs by size, and for the subjects of every scope that the
 * store knows. `limits`: cores between the sizes; null is the median of the jobs' cores.
 */
export async function readFigures(
  connection: DuckDBConnection,
  runs: readonly string[],
  metrics: readonly string[],
  limits: readonly number[] | null,
): Promise<Figures[]> {
  const found = await rows(
    connection,
    `SELECT own.run_id AS run, own.name AS metric, own.scope, own.subject, own.value, own.unit,
       counts.value AS jobs
     FROM metrics AS own LEFT JOIN metrics AS counts ON counts.run_id = own.run_id AND counts.name = 'n'
       AND counts.scope = own.scope AND counts.subject IS NOT DISTINCT FROM own.subject
     WHERE own.value IS NOT NULL AND list_contains($1, own.name) AND list_contains($2, own.run_id)
       AND NOT list_contains($3, own.scope)
     ORDER BY list_position($1, own.name), own.scope, own.subject, own.run_id`,
    [listValue([...metrics]), listValue([...runs]), listValue(notCompared)],
  );
  const median = limits === null ? await medianCores(connection, runs) : null;
  const sizes = await sizeFigures(
    connection,
    runs,
    metrics,
    limits ?? (median === null ? [] : [median]),
  );
  const gathered = new Gathered();
  for (const { run, metric, scope, subject, value, unit, jobs } of found) {
    if (typeof value !== "number") continue;
    const own =
      scope === "run"
        ? { scope: "all", name: null }
        : { scope: String(scope), name: String(subject) };
    gathered.add(
      { ...own, metric: String(metric), unit: String(unit) },
      { run: String(run), value, jobs: Number(jobs ?? 0) },
    );
  }
  for (const { run, metric, unit, size, jobs, value } of sizes) {
    gathered.add({ scope: "size", name: size, metric, unit }, { run, value, jobs });
  }
  return gathered.all();
}

type Head = Subject & Pick<Figures, "metric" | "unit">;

class Gathered {
  readonly #found = new Map<string, { head: Head; values: Map<string, number>; jobs: number }>();

  add(head: Head, { run, value, jobs }: { run: string; value: number; jobs: number }): void {
    const key = JSON.stringify([head.metric, head.scope, head.name]);
    const entry = this.#found.get(key) ?? { head, values: new Map<string, number>(), jobs: 0 };
    entry.values.set(run, value);
    entry.jobs += jobs;
    this.#found.set(key, entry);
  }

  all(): Figures[] {
    return [...this.#found.values()].map(({ head, values, jobs }) => ({
      ...head,
      values,
      jobs: jobs / values.size,
    }));
  }
}
