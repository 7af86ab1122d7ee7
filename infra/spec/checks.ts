import { type Problem, show, suggestion } from "./problems";
import type { SlurmPolicy } from "./slurm";
import type { ExperimentSpec } from "./spec";
import { topologyProblems } from "./topology-checks";
import { userNames } from "./users";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  return [
    ...topologyProblems(spec.topology),
    ...schedulerProblems(spec),
    ...workloadProblems(spec),
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
  const known = userNames(spec.workload.users.count);
  return users
    .filter((user) => !known.includes(user))
    .map((user) => ({
      path: `${path}.${user}`,
      message: `no such user, workload.users.count is ${known.length}`,
    }));
}

function partitionNames(spec: ExperimentSpec, further: readonly string[]): string[] {
  return ["nodes", ...Object.keys(spec.topology.pools), ...further];
}

function workloadProblems(spec: ExperimentSpec): Problem[] {
  const { runtime, users } = spec.workload;
  const { preemption } = spec.scheduler.policy;
  const known = partitionNames(spec, preemption.type === "partition" ? [preemption.partition] : []);
  const problems = Object.entries(users.partitions)
    .filter(([, partition]) => !known.includes(partition))
    .map(([user, partition]) => ({
      path: `workload.users.partitions.${user}`,
      message: `unknown partition ${show(partition)}${suggestion(partition, known)} (known: ${known.join(", ")})`,
    }));
  if (runtime.min > runtime.max) {
    problems.push({
      path: "workload.runtime.min",
      message: `expected at most workload.runtime.max, ${runtime.max}, got ${runtime.min}`,
    });
  }
  return [
    ...problems,
    ...unknownUsers(spec, Object.keys(users.partitions), "workload.users.partitions"),
  ];
}
