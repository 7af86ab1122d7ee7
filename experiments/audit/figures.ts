/** Which figures of a run depend on what. */

const waits = [
  "mean_wait",
  "max_wait",
  "mean_turnaround",
  "mean_slowdown",
  "mean_bounded_slowdown",
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
  everything: ["n", "makespan", ...waits, "mean_empty_start", ...held, ...costs, "failed_jobs"],
} as const;
