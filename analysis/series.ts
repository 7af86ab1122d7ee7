import type { DuckDBConnection } from "@duckdb/node-api";

/** A run's core_series: what holds from each moment to the next one; the last one is the end. */
export interface CoreSeries {
  /** Seconds of the run, ascending. */
  readonly at: readonly number[];
  /** Cores held by jobs. */
  readonly cores: readonly number[];
  /** Jobs that were submitted and had not started. */
  readonly waiting: readonly number[];
}

/** Time-weighted means over one bin of a run's time. */
export interface SeriesBin {
  /** Start and length of the bin, seconds of the run. */
  readonly at: number;
  readonly seconds: number;
  readonly cores: number;
  readonly waiting: number;
}

/** The core_series of these runs, by run. Runs without a counted job are not in it. */
export async function coreSeries(
  connection: DuckDBConnection,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, CoreSeries>> {
  // Constants, unlike a list, keep DuckDB from computing the series of all runs.
  const places = runIds.map((_, index) => `$${index + 1}`).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT run_id, at_s, running_cores::DOUBLE, queued_jobs::DOUBLE
     FROM core_series WHERE run_id IN (${places}) ORDER BY run_id, at_s`,
    [...runIds],
  );
  const [runs = [], at = [], cores = [], waiting = []] = reader.getColumnsJS();
  const series = new Map<string, CoreSeries>();
  for (let from = 0; from < runs.length; ) {
    const until = endOf(runs, from);
    const part = (column: readonly unknown[]) => column.slice(from, until).map(Number);
    series.set(String(runs[from]), { at: part(at), cores: part(cores), waiting: part(waiting) });
    from = until;
  }
  return series;
}

function endOf(runs: readonly unknown[], from: number): number {
  let until = from;
  while (until < runs.length && runs[until] === runs[from]) until += 1;
  return until;
}

/** The series as means over `bins` bins of equal length; none for a series of no length. */
export function binnedSeries({ at, cores, waiting }: CoreSeries, bins: number): SeriesBin[] {
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  if (!(last > first)) return [];
  const edge = (index: number) => first + ((last - first) * index) / bins;
  let step = 0;
  return Array.from({ length: bins }, (_, index) => {
    const [from, to] = [edge(index), edge(index + 1)];
    let [coreSeconds, waitingSeconds] = [0, 0];
    while (step < at.length - 1 && (at[step + 1] ?? last) <= from) step += 1;
    for (let part = step; part < at.length - 1 && (at[part] ?? last) < to; part += 1) {
      const held = Math.min(to, at[part + 1] ?? last) - Math.max(from, at[part] ?? first);
      coreSeconds += held * (cores[part] ?? 0);
      waitingSeconds += held * (waiting[part] ?? 0);
    }
    const seconds = to - from;
    return { at: from, seconds, cores: coreSeconds / seconds, waiting: waitingSeconds / seconds };
  });
}
