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
];

const held = [
  "utilisation",
  "steady_utilisation",
  "gpu_utilisation",
  "jain_core_seconds",
  "peak_cores",
  "theta_u",
  "theta_o",
  "tau_u",
  "tau_o",
  "no_demand_share",
];

const costs = ["busy_share", "daemon_cpu_seconds", "mean_submit_call", "max_submit_call"];

export const figures = {
  waits: [...waits, "mean_empty_start"],
  held,
  /** All that is measured in time. */
  measured: ["makespan", ...waits, "mean_empty_start", ...held, ...costs],
  /** All that is made of the jobs' moments. */
  times: ["makespan", ...waits, "mean_empty_start", ...held],
  everything: [
    "n",
    "steady_n",
    "makespan",
    ...waits,
    "mean_empty_start",
    ...held,
    ...costs,
    "failed_jobs",
  ],
} as const;
