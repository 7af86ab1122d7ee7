import type { DuckDBConnection } from "@duckdb/node-api";
import type { Report } from "../base/report";

/** Beyond this many MiB, DuckDB moves what it can to disk. */
const leastMemory = 128;
/**
 * The figures' exact quantiles hold each job's value in memory and cannot go to disk. Measured on one
 * thread, those of 1 million jobs fit into 96 MiB, and those of 4 million do not fit into 256 MiB.
 */
const figureBytesPerJob = 128;
/**
 * From this number of jobs on, one thread computes the figures, because each thread has memory of its
 * own, and joins keep the sides with which they are written: the sizes of uncommitted tables are
 * unknown to DuckDB, which would build its hash table from all the jobs instead of the few held
 * intervals.
 */
const manyJobs = 250_000;

/**
 * Bounds what DuckDB holds in memory while the store is open. `jobs` is the number of jobs of a run
 * from which figures are computed; 0 for work that can go to disk.
 */
export type BoundMemory = (connection: DuckDBConnection, jobs: number) => Promise<void>;

const bound: BoundMemory = async (connection, jobs) => {
  const mebibytes = Math.max(leastMemory, Math.ceil((jobs * figureBytesPerJob) / 2 ** 20));
  await connection.run(`SET memory_limit = '${mebibytes}MiB'`);
  if (jobs < manyJobs) return;
  await connection.run("SET threads = 1");
  await connection.run("SET disabled_optimizers = 'build_side_probe_side'");
};

/**
 * Does work that opens the store with bounded memory; if the memory was too little, such as for very
 * many users, all of the work is done again without a bound.
 */
export async function withBoundMemory<T>(
  work: (bound: BoundMemory) => Promise<T>,
  report?: Report,
): Promise<T> {
  try {
    return await work(bound);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    report?.("this takes more memory than planned: starting again without a bound");
    return work(async () => undefined);
  }
}

function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /out of memory error/i.test(error.message) || isOutOfMemory(error.cause);
}
