import { knownAccounts, knownQos, niceOf } from "../../../spec/schedulers/slurm/asks";
import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import { type NodeShare, nodeShare } from "../../../workloads/fit";
import type { WorkloadJob } from "../../../workloads/job";

/** Of what a job asks for, the part that a policy can be asked for. */
export interface PolicyAsks {
  readonly qos?: string;
  readonly account?: string;
  /** What its priority sets it back by. */
  readonly nice: number;
}

export interface AskContext {
  readonly asks: (job: WorkloadJob) => PolicyAsks;
}

export function policyAsks(policy: SlurmPolicy): AskContext["asks"] {
  const [allQos, accounts] = [knownQos(policy), knownAccounts(policy)];
  return ({ qos, account, priority }) => ({
    ...(qos !== undefined && allQos.includes(qos) ? { qos } : {}),
    ...(account !== undefined && accounts.includes(account) ? { account } : {}),
    nice: niceOf(policy, priority),
  });
}

const typed = ({ gpuType }: WorkloadJob) => (gpuType === undefined ? "" : `${gpuType}:`);

/** The options of sbatch for what a job asks for beyond its cores and its time. */
export function askDirectives(job: WorkloadJob, { asks }: AskContext): string[] {
  const { qos, account, nice } = asks(job);
  const { constraint, eligibleAfterSeconds: after } = job;
  return [
    ...sizeDirectives(job, nodeShare(job)),
    ...(constraint === undefined ? [] : [`--constraint=${constraint}`]),
    ...(qos === undefined ? [] : [`--qos=${qos}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(nice === 0 ? [] : [`--nice=${nice}`]),
    ...(after === undefined ? [] : [`--begin=now+${Math.ceil(after)}`]),
  ];
}

function sizeDirectives(job: WorkloadJob, share: NodeShare | null): string[] {
  const { cores, gpus, memoryMiB } = job;
  if (share === null) {
    return [
      ...(gpus === 0 ? [] : [`--gpus=${typed(job)}${gpus}`]),
      ...(memoryMiB === null ? [] : [`--mem-per-cpu=${Math.ceil(memoryMiB / cores)}M`]),
    ];
  }
  return [
    `--nodes=${share.nodes}`,
    `--ntasks-per-node=${share.cores}`,
    ...(share.gpus === 0 ? [] : [`--gpus-per-node=${typed(job)}${share.gpus}`]),
    ...(share.memoryMiB === null ? [] : [`--mem=${share.memoryMiB}M`]),
  ];
}

type Field = readonly [string, string | number];

/**
 * The same as fields of Slurm's job_desc_msg_t. `memory_per_node` and `begin_after` are ours, and submitter.pl
 * makes of them what Slurm takes. The library passes on 16 bits of a job's nice value only, so that is left out.
 */
export function askFields(job: WorkloadJob, { asks }: AskContext): Field[] {
  const { qos, account } = asks(job);
  const { constraint, eligibleAfterSeconds: after } = job;
  return [
    ...sizeFields(job, nodeShare(job)),
    ...(constraint === undefined ? [] : [["features", constraint] as const]),
    ...(qos === undefined ? [] : [["qos", qos] as const]),
    ...(account === undefined ? [] : [["account", account] as const]),
    ...(after === undefined ? [] : [["begin_after", Math.ceil(after)] as const]),
  ];
}

function sizeFields(job: WorkloadJob, share: NodeShare | null): Field[] {
  const { cores, gpus, memoryMiB } = job;
  if (share === null) {
    return [
      ...(gpus === 0 ? [] : [["tres_per_job", `gres/gpu:${typed(job)}${gpus}`] as const]),
      ...(memoryMiB === null ? [] : [["pn_min_memory", Math.ceil(memoryMiB / cores)] as const]),
    ];
  }
  return [
    ["min_nodes", share.nodes],
    ["max_nodes", share.nodes],
    ["ntasks_per_node", share.cores],
    ...(share.gpus === 0
      ? []
      : [["tres_per_node", `gres/gpu:${typed(job)}${share.gpus}`] as const]),
    ...(share.memoryMiB === null ? [] : [["memory_per_node", share.memoryMiB] as const]),
  ];
}
