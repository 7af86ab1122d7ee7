/** Which figures of a run depend on what. */

/** These exist of all jobs, and of those that were submitted in the steady part. */
const ofJobs = [
  "mean_wait",
  "p50_wait",
  "p90_wait",
  "p99_wait",
  "mean_turnaround",
  "area_weighted_response_time",
  "mean_slowdown",
  "mean_bounded_slowdown",
  "p50_bounded_slowdown",
  "p90_bounded_slowdown",
  "p99_bounded_slowdown",
  "area_weighted_bounded_slowdown",
];

const waits = [
  ...ofJobs,
  ...ofJobs.map((name) => `steady_${name}`),
  "max_wait",
  "jain",
  "mean_normalised_wait",
  "deviation_normalised_wait",
  "mean_queue_length",
  "max_queue_length",
  "mean_eligible_wait",
  "max_eligible_wait",
  "p50_eligible_wait",
  "p90_eligible_wait",
  "p99_eligible_wait",
  "backfilled_share",
  "estimated_share",
  "mean_estimate_error",
  "median_absolute_estimate_error",
  "started_by_estimate_share",
];

const held = [
  "utilisation",
  "steady_utilisation",
  "gpu_utilisation",
  "memory_utilisation",
  "mean_gpu_fragmentation",
  "gpu_fragmentation_rate",
  "gpu_task_fragmentation_rate",
  "mean_largest_fit_cores",
  "mean_largest_fit_gpus",
  "mean_largest_node_fit_cores",
  "mean_largest_node_fit_gpus",
  "jain_core_seconds",
  "peak_cores",
  "theta_u",
  "theta_o",
  "tau_u",
  "tau_o",
  "no_demand_share",
  "provisioning_deviation",
  "jitter",
  "node_seconds",
  "oracle_node_seconds",
  "node_seconds_ratio",
];

/** Of nodes that come and go; the first ones have nothing to do with the jobs. */
const nodes = [
  "node_joins",
  "node_leaves",
  "nodes_given_up",
  "nodes_lost",
  ...["join_to_started", "join_to_schedulable", "leave_to_drained", "leave_to_left"].flatMap(
    (name) => [`mean_${name}`, `max_${name}`],
  ),
  "p50_decision_latency",
  "p99_decision_latency",
  "max_decision_latency",
  "mean_join_to_first_job",
  "max_join_to_first_job",
];

const costs = ["busy_share", "daemon_cpu_seconds", "mean_submit_call", "max_submit_call"];

export const figures = {
  waits: [...waits, "mean_empty_start"],
  held,
  /** All that is measured in time. */
  measured: ["makespan", ...waits, "mean_empty_start", ...held, ...nodes, ...costs],
  /** What depends on which nodes were there. */
  nodes: [...held, ...nodes],
  /** All that is made of the jobs' moments. */
  times: [
    "makespan",
    ...waits,
    "mean_empty_start",
    ...held,
    "mean_join_to_first_job",
    "max_join_to_first_job",
  ],
  everything: [
    "n",
    "steady_n",
    "makespan",
    ...waits,
    "mean_empty_start",
    ...held,
    ...nodes,
    ...costs,
    "failed_jobs",
  ],
} as const;
