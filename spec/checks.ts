import { kubernetesProblems } from "./kubernetes-checks";
import type { Problem } from "./problems";
import type { Scheduler, SchedulerKind } from "./scheduler";
import type { SlurmPolicy } from "./slurm";
import type { ExperimentSpec } from "./spec";
import { topologyProblems } from "./topology-checks";
import { unknownUsers } from "./user-checks";
import { workloadProblems } from "./workload-checks";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  return [
    ...topologyProblems(spec.topology),
    ...schedulerProblems(spec),
    ...workloadProblems(spec.workload, partitionNames(spec, furtherPartitions(spec))),
  ];
}

/** Exhaustive over the kind: a new scheduler must say what it checks. */
const schedulerChecks: { readonly [Kind in SchedulerKind]: Checks<PolicyOf<Kind>> } = {
  slurm: {
    problems: slurmProblems,
    furtherPartitions: ({ preemption }) =>
      preemption.type === "partition" ? [preemption.partition] : [],
  },
  kubernetes: { problems: kubernetesProblems, furtherPartitions: () => [] },
};

type PolicyOf<Kind extends SchedulerKind> = Extract<Scheduler, { kind: Kind }>["policy"];

interface Checks<Policy> {
  readonly problems: (policy: Policy, spec: ExperimentSpec) => Problem[];
  /** Partitions that the policy makes beside those of the pools. */
  readonly furtherPartitions: (policy: Policy) => string[];
}

function schedulerProblems(spec: ExperimentSpec): Problem[] {
  const { scheduler } = spec;
  return checked(scheduler, ({ problems }, policy) => problems(policy, spec));
}

function furtherPartitions({ scheduler }: ExperimentSpec): string[] {
  return checked(scheduler, (checks, policy) => checks.furtherPartitions(policy));
}

function checked<Kind extends SchedulerKind, Result>(
  { kind, policy }: { readonly kind: Kind; readonly policy: PolicyOf<Kind> },
  ask: (checks: Checks<PolicyOf<Kind>>, policy: PolicyOf<Kind>) => Result,
): Result {
  return ask(schedulerChecks[kind], policy);
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

function partitionNames(spec: ExperimentSpec, further: readonly string[]): string[] {
  return ["nodes", ...Object.keys(spec.topology.pools), ...further];
}
