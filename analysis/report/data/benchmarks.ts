import type { Configuration } from "./configuration";
import type { ReportBenchmark } from "./run";

/** One benchmark job, with the run and the configuration that it belongs to. */
export interface BenchmarkJob extends ReportBenchmark {
  readonly configuration: Configuration;
  readonly run: string;
}

/** By program, then configuration, run and job. Empty where no run has any. */
export function benchmarkJobs(configurations: readonly Configuration[]): BenchmarkJob[] {
  const jobs = configurations.flatMap((configuration) =>
    configuration.runs.flatMap(({ id, benchmarks }) =>
      benchmarks.map((benchmark) => ({ ...benchmark, configuration, run: id })),
    ),
  );
  return jobs.sort((a, b) => b.program.localeCompare(a.program, "en"));
}
