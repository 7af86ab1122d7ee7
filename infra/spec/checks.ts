import type { Problem } from "./problems";
import type { SlurmPolicy } from "./slurm";
import type { ExperimentSpec } from "./spec";
import { topologyProblems } from "./topology-checks";
import { usersBeyond, workloadProblems } from "./workload-checks";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  return [
    ...topologyProblems(spec.topology),
    ...schedulerProblems(spec),
    ...workloadProblems(spec.workload, partitionNames(spec, preemptionPartitions(spec))),
  ];
}

/** Exhaustive over the kind: a new scheduler must say what it checks. */
const schedulerChecks: {
  [Kind in ExperimentSpec["scheduler"]["kind"]]: (
    policy: Extract<ExperimentSpec["scheduler"], { kind: Kind }>["policy"],
    spec: ExperimentSpec,
  ) => Problem[];
} = {
  slurm: slurmProblems,
};

function schedulerProblems(spec: ExperimentSpec): Problem[] {
  return schedulerChecks[spec.scheduler.kind](spec.scheduler.policy, spec);
}

function slurmProblems(policy: SlurmPolicy, spec: ExperimentSpec): Problem[] {
  const path = "scheduler.policy";
  const problems: Problem[] = [];
  const { sched, priority, preemption } = policy;
  if (sched.type === "backfill" && sched.resolution > sched.window * 60) {
    problems.push({
      path: `${path}.sched.resolution`,
      message: `expected at most the window, ${sched.window * 60} s, got ${sched.resolution} s`,
    });
  }
  if (priority.type === "multifactor") {
    if (Object.values(priority.weights).every((weight) => weight === 0)) {
      problems.push({
        path: `${path}.priority.weights`,
        message: "every weight is 0; raise one, or take priority.type basic",
      });
    }
    const sharing = Object.keys(priority.shares);
    if (sharing.length > 0 && priority.weights.fairshare === 0) {
      problems.push({
        path: `${path}.priority.shares`,
        message: "shares have no effect while weights.fairshare is 0",
      });
    }
    problems.push(...unknownUsers(spec, sharing, `${path}.priority.shares`));
  }
  if (preemption.type === "partition" && partitionNames(spec, []).includes(preemption.partition)) {
    problems.push({
      path: `${path}.preemption.partition`,
      message: `"${preemption.partition}" is the partition of a pool, choose another name`,
    });
  }
  const { parameters } = policy.select;
  if (
    preemption.type === "partition" &&
    preemption.mode === "suspend" &&
    parameters.endsWith("_Memory")
  ) {
    problems.push({
      path: `${path}.preemption.mode`,
      message: `suspended jobs keep their memory, so with select.parameters ${parameters} nothing would start; take CR_Core`,
    });
  }
  if (preemption.type === "qos") {
    problems.push(...unknownUsers(spec, preemption.users, `${path}.preemption.users`));
  }
  return problems;
}

function unknownUsers(spec: ExperimentSpec, users: readonly string[], path: string): Problem[] {
  return usersBeyond(spec.workload.users.count, users, path);
}

/** The partition of a policy's own making, if it makes one. */
function preemptionPartitions({ scheduler }: ExperimentSpec): string[] {
  const { preemption } = scheduler.policy;
  return preemption.type === "partition" ? [preemption.partition] : [];
}

function partitionNames(spec: ExperimentSpec, further: readonly string[]): string[] {
  return ["nodes", ...Object.keys(spec.topology.pools), ...further];
}
