import { allListed } from "../../emulated-list";
import { partitionNames } from "../../partitions";
import type { Problem } from "../../problems";
import type { ExperimentSpec } from "../../spec";
import { unknownUsers } from "../../user-checks";
import type { Workload } from "../../workload";
import { asProblem } from "../site-problem";
import { commonAccount, preemptingQos } from "./names";
import type { SlurmPolicy } from "./policy";
import { siteNodes } from "./site/nodes";
import { refusals } from "./site/refusals";
import { readSite, type SlurmSite } from "./site/site";

/** Whether jobs hold their allocations without a process. */
function holds(workload: Workload): boolean {
  const parts = workload.kind === "mixed" ? Object.values(workload.components) : [workload];
  return parts.some((part) => "body" in part && part.body === "hold");
}

export function slurmProblems(policy: SlurmPolicy, spec: ExperimentSpec): Problem[] {
  const { scheduler } = spec;
  const problems = holdProblems(policy, spec);
  if (scheduler.kind !== "slurm" || scheduler.site?.files === undefined) {
    return [...policyProblems(policy, spec), ...problems];
  }
  const { site } = scheduler;
  const read = readSite(site.files ?? {}, site.set);
  // The policy is what the site's file says, and between its settings the site has chosen.
  return [
    ...problems.map(({ path, message }) => ({
      path: "scheduler.site",
      message: `slurm.conf: ${path.replace("scheduler.policy.", "")}: ${message}; scheduler.site.set changes it`,
    })),
    ...[...read.problems, ...refusals(read)].map((problem) => asProblem("scheduler.site", problem)),
    ...strangerProblems(read, spec),
    ...unknownUsers(spec, Object.values(site.users ?? {}), "scheduler.site.users"),
  ];
}

/** Nodes of the topology that are none of the site's: its partitions would not have them. */
function strangerProblems(site: SlurmSite, { topology }: ExperimentSpec): Problem[] {
  const { emulated } = topology.nodes;
  const remedy =
    "leave out topology.nodes.emulated and topology.pools, so that the nodes are the site's";
  if (emulated?.from !== "list") {
    return [
      { path: "topology.nodes", message: `expected nodes of the site's slurm.conf; ${remedy}` },
    ];
  }
  const known = new Set(siteNodes(site).nodes.map(({ name }) => name));
  const stranger = allListed(emulated).find(({ name }) => !known.has(name));
  if (stranger === undefined) return [];
  const message = `${stranger.name} is no node of the site's slurm.conf; ${remedy}`;
  return [{ path: "topology.nodes.emulated.nodes", message }];
}

/** Preemption of jobs without a process. */
function holdProblems({ preemption }: SlurmPolicy, { workload }: ExperimentSpec): Problem[] {
  if (preemption.type === "off" || preemption.mode === "cancel" || !holds(workload)) return [];
  return [
    {
      path: "scheduler.policy.preemption.mode",
      message: `expected cancel, got ${preemption.mode}: Slurm neither suspends nor requeues a job without a process; take cancel, or workload.body sleep`,
    },
  ];
}

function policyProblems(policy: SlurmPolicy, spec: ExperimentSpec): Problem[] {
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
  if (policy.accounts?.[commonAccount] !== undefined) {
    const message = `"${commonAccount}" is the account of jobs that name none, choose another name`;
    problems.push({ path: `${path}.accounts.${commonAccount}`, message });
  }
  if (
    preemption.type === "partition" &&
    partitionNames(spec.topology).includes(preemption.partition)
  ) {
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
    if (policy.qos?.[preemptingQos] !== undefined) {
      const message = `"${preemptingQos}" is the QOS that preempts, choose another name`;
      problems.push({ path: `${path}.qos.${preemptingQos}`, message });
    }
    problems.push(...unknownUsers(spec, preemption.users, `${path}.preemption.users`));
  }
  return problems;
}
