import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reporter } from "../base/reporter";

/** Beyond so many MiB DuckDB puts on disk what it can. */
const leastMemory = 128;
/**
 * The figures' exact quantiles hold each job's value in memory and cannot go to disk. Measured on one
 * thread: those of 1 million jobs fit into 96 MiB, those of 4 million do not fit into 256 MiB.
 */
const figureBytesPerJob = 128;
/**
 * Of so many jobs on, one thread makes the figures, as each has memory of its own, and joins keep the
 * sides that they are written with: the sizes of what a transaction has not committed are unknown, so
 * that DuckDB would build its hash table of all the jobs instead of the few held intervals.
 */
const manyJobs = 250_000;

/**
 * Bounds what DuckDB holds in memory, for as long as the store is open: `jobs` is how many jobs of a
 * run the figures are to be made of, 0 for work that can go to disk.
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
 * Work that opens the store with its memory bounded; where that was too little, such as for very many
 * users, all of it is done again without a bound.
 */
export async function withBoundMemory<T>(
  work: (bound: BoundMemory) => Promise<T>,
  report?: Reporter,
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
