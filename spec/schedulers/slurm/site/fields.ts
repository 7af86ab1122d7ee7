/** Fields of the lines of slurm.conf, and what becomes of them here; keys in lower case. */

const set = (...keys: string[]): ReadonlySet<string> =>
  new Set(keys.map((key) => key.toLowerCase()));
const because = (reason: string, ...keys: string[]) =>
  keys.map((key): [string, string] => [key.toLowerCase(), reason]);

/** Of nodes: what the scheduler decides by. */
export const keptNodeFields = set(
  ...["CPUs", "Procs", "Boards", "Sockets", "SocketsPerBoard", "CoresPerSocket", "ThreadsPerCore"],
  ...["RealMemory", "MemSpecLimit", "TmpDisk", "Weight", "Feature", "Features", "Gres"],
);

export const replacedNodeFields: ReadonlyMap<string, string> = new Map([
  ...because("addresses are this cluster's", "NodeHostname", "NodeAddr", "Port", "BcastAddr"),
  ...because("every node is up", "State", "Reason"),
  ...because(
    "emulated nodes have no cores to set aside",
    ...["CoreSpecCount", "CPUSpecList", "RestrictedCoresPerGPU", "CpuBind"],
  ),
]);

/** Of partitions. */
export const keptPartitionFields = set(
  ...["AllowAccounts", "AllowQos", "Alternate", "Default", "DefaultTime", "DefCpuPerGPU"],
  ...["DefMemPerCPU", "DefMemPerGPU", "DefMemPerNode", "DenyAccounts", "DenyQos"],
  ...["DisableRootJobs", "ExclusiveTopo", "ExclusiveUser", "GraceTime", "Hidden", "JobDefaults"],
  ...["LLN", "MaxCPUsPerNode", "MaxCPUsPerSocket", "MaxMemPerCPU", "MaxMemPerNode", "MaxNodes"],
  ...["MaxTime", "MinNodes", "Nodes", "OverSubscribe", "OverTimeLimit", "PreemptMode"],
  ...["PriorityJobFactor", "PriorityTier", "QOS", "ReqResv", "RootOnly", "SelectTypeParameters"],
  ...["Shared", "State", "TRESBillingWeights", "Priority"],
);

export const replacedPartitionFields: ReadonlyMap<string, string> = new Map([
  ...because("the site's Unix groups are not there", "AllowGroups"),
  ...because("jobs are handed in on the controller", "AllocNodes"),
  ...because(
    "all nodes are on all the time",
    ...["PowerDownOnIdle", "ResumeTimeout", "SuspendTime", "SuspendTimeout"],
  ),
  ...because("emulated nodes have no cores to bind to", "CpuBind"),
]);
