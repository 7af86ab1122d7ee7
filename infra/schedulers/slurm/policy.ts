import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";

/** Fair share, QOS and accounts live in slurmdbd's database; without them no database is needed. */
export function needsAccounting({ priority, preemption, qos, accounts }: SlurmPolicy): boolean {
  const weighed =
    priority.type === "multifactor" && (priority.weights.fairshare > 0 || priority.weights.qos > 0);
  const named = qos !== undefined || accounts !== undefined;
  return weighed || named || preemption.type === "qos";
}

type Setting = readonly [key: string, value: string | number];

export function schedulingSettings({ sched, schedulerInterval }: SlurmPolicy): Setting[] {
  // The depth is how many jobs an event-driven pass looks at; Slurm's 100 would hide jobs from it.
  const common = [
    `sched_interval=${schedulerInterval}`,
    "batch_sched_delay=1",
    "default_queue_depth=1000",
  ];
  if (sched.type === "builtin") {
    return [
      ["SchedulerType", "sched/builtin"],
      ["SchedulerParameters", common.join(",")],
    ];
  }
  const backfill = [
    `bf_interval=${sched.interval}`,
    `bf_window=${sched.window}`,
    `bf_resolution=${sched.resolution}`,
    `bf_max_job_test=${sched.maxJobTest}`,
    ...(sched.maxJobsPerUser > 0 ? [`bf_max_job_user=${sched.maxJobsPerUser}`] : []),
    ...(sched.continue ? ["bf_continue"] : []),
  ];
  return [
    ["SchedulerType", "sched/backfill"],
    ["SchedulerParameters", [...common, ...backfill].join(",")],
  ];
}

export function prioritySettings({ priority }: SlurmPolicy): Setting[] {
  if (priority.type === "basic") return [["PriorityType", "priority/basic"]];
  const { weights } = priority;
  return [
    ["PriorityType", "priority/multifactor"],
    ["PriorityWeightAge", weights.age],
    ["PriorityWeightFairshare", weights.fairshare],
    ["PriorityWeightJobSize", weights.jobsize],
    ["PriorityWeightPartition", weights.partition],
    ["PriorityWeightQOS", weights.qos],
    ["PriorityDecayHalfLife", priority.decayHalfLife === 0 ? 0 : timeSpan(priority.decayHalfLife)],
    ["PriorityMaxAge", timeSpan(priority.maxAge)],
    ["PriorityCalcPeriod", timeSpan(priority.calcPeriod)],
    ["PriorityFavorSmall", priority.favorSmall ? "YES" : "NO"],
  ];
}

export function preemptionSettings({ preemption }: SlurmPolicy): Setting[] {
  if (preemption.type === "off") {
    return [
      ["PreemptType", "preempt/none"],
      ["PreemptMode", "OFF"],
    ];
  }
  // Suspended jobs are resumed by the gang scheduler.
  const mode = preemption.mode === "suspend" ? "SUSPEND,GANG" : preemption.mode.toUpperCase();
  const plugin = preemption.type === "partition" ? "partition_prio" : "qos";
  return [
    ["PreemptType", `preempt/${plugin}`],
    ["PreemptMode", mode],
  ];
}

/** Seconds in Slurm's format days-hours:minutes:seconds. */
function timeSpan(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = seconds % 86_400;
  return `${Math.floor(seconds / 86_400)}-${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}`;
}
