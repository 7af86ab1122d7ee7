export type Direction = "lower" | "higher";

/** Whole names of metrics, without `steady_`. */
const metrics: Readonly<Record<string, Direction>> = {
  makespan: "lower",
  utilisation: "higher",
  gpu_utilisation: "higher",
  memory_utilisation: "higher",
  gpu_fragmentation_rate: "lower",
  gpu_task_fragmentation_rate: "lower",
  estimated_share: "higher",
  median_absolute_estimate_error: "lower",
  jain: "higher",
  jain_core_seconds: "higher",
  unfairness: "lower",
  delayed_jobs: "lower",
  failed_jobs: "lower",
  daemon_cpu_seconds: "lower",
  daemon_peak_memory: "lower",
  provisioning_deviation: "lower",
  node_seconds: "lower",
  node_seconds_ratio: "lower",
  nodes_given_up: "lower",
  nodes_lost: "lower",
};

/** What a mean, a maximum, a quantile or a weighted mean may be of. */
const quantities: Readonly<Record<string, Direction>> = {
  wait: "lower",
  eligible_wait: "lower",
  gpu_fragmentation: "lower",
  normalised_wait: "lower",
  turnaround: "lower",
  response_time: "lower",
  slowdown: "lower",
  bounded_slowdown: "lower",
  queue_length: "lower",
  unfairness: "lower",
  submit_call: "lower",
  empty_start: "lower",
  join_to_started: "lower",
  join_to_schedulable: "lower",
  join_to_first_job: "lower",
  leave_to_drained: "lower",
  leave_to_left: "lower",
  decision_latency: "lower",
};

/** Ends of the names of a benchmark program's metrics, which begin with the program. */
const results: Readonly<Record<string, Direction>> = {
  gflops: "higher",
  efficiency: "higher",
  failed: "lower",
};

/** Names of metrics that have a better direction: whole ones, and of the others their means. */
export function directedMetrics(): string[] {
  return [...Object.keys(metrics), ...Object.keys(quantities).map((name) => `mean_${name}`)];
}

/** What is judged when the user names no metric: what the four objectives are made of, and the jobs' delay. */
export const judgedMetrics = ["utilisation", "jain", "makespan", "mean_bounded_slowdown"] as const;

/** The same for runs whose supply could change; others do not have it, and nobody has to be told. */
export const judgedWhereElastic = "provisioning_deviation";

/**
 * Which values of a metric are better; undefined where neither are. The number of jobs describes a run,
 * θ and τ reward keeping jobs waiting on a fixed cluster (provisioning_deviation exists only where the
 * supply could change), and a jitter is best near 0, as is the mean error of estimates: a scheduler could foretell
 * starts that are late enough for every job. What would fit is most where nothing runs, and overtaking serves some
 * jobs at the cost of others.
 */
export function directionOf(metric: string): Direction | undefined {
  const name = metric.replace(/^steady_/, "");
  const quantity = /^(?:mean|max|deviation|area_weighted|p\d+)_(.+)$/.exec(name)?.[1] ?? "";
  const result = /^[a-z]+_([a-z]+)$/.exec(name)?.[1] ?? "";
  const known: readonly (readonly [Readonly<Record<string, Direction>>, string])[] = [
    [metrics, name],
    [quantities, quantity],
    [results, result],
  ];
  return known.flatMap(([record, key]) => (Object.hasOwn(record, key) ? [record[key]] : []))[0];
}
