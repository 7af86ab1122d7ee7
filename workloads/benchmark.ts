/** What an MPI benchmark's own output says. Null stands for what it does not say. */
export interface BenchmarkResult {
  readonly gflops: number | null;
  /** Of the timed part alone. */
  readonly seconds: number | null;
  /** Scaled residual. */
  readonly residual: number | null;
  /** The program's own check of its result. */
  readonly passed: boolean;
  /** Why it did not pass; null when it did. */
  readonly reason: string | null;
}

export function failedBenchmark(
  reason: string,
  known: Partial<BenchmarkResult> = {},
): BenchmarkResult {
  return { gflops: null, seconds: null, residual: null, ...known, passed: false, reason };
}
