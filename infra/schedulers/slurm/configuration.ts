import { jobMemoryMiB, memoryPerCoreMiB } from "../../../spec/allocation";
import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import {
  type ElasticPools,
  powerOfPartition,
  powerPrograms,
  powerSettings,
  slurmdTimeout,
} from "./elastic";
import {
  acceleratorPath,
  cgroupConfPath,
  clusterName,
  completionLog,
  gresConfPath,
  slurmConfPath,
  slurmctldLog,
  slurmdbdLog,
  slurmdLog,
  stateDir,
} from "./paths";
import {
  needsAccounting,
  preemptionSettings,
  prioritySettings,
  schedulingSettings,
} from "./policy";

/** The controller's files; its slurmctld hands them to every slurmd. */
export function slurmFiles(
  policy: SlurmPolicy,
  plan: ClusterPlan,
  elastic: ElasticPools,
): InstalledFile[] {
  const file = (path: string, content: string): InstalledFile => ({
    path,
    mode: "0644",
    owner: "root:root",
    content,
  });
  return [
    // slurmctld looks for the programs when it starts.
    ...powerPrograms(elastic),
    file(slurmConfPath, slurmConf(policy, plan, elastic)),
    file(gresConfPath, gresConf(plan)),
    // The same for machines and containers, which may not change their control groups.
    file(cgroupConfPath, "CgroupPlugin=disabled\n"),
  ];
}

/** slurm.conf for Slurm 24.11. One text serves machines and containers, so that runs stay comparable. */
function slurmConf(policy: SlurmPolicy, plan: ClusterPlan, elastic: ElasticPools): string {
  const compute = plan.nodes.filter((node) => node.role === "compute");
  const controller = plan.nodes.find((node) => node.role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const settings: (readonly [string, string | number])[] = [
    ["ClusterName", clusterName],
    ["SlurmctldHost", `${controller.name}(${controller.address})`],
    ["SlurmUser", "slurm"],
    ["AuthType", "auth/munge"],
    ["SlurmctldParameters", "enable_configless"],
    // A container sees the host's cores and memory: what is configured counts, not what is found.
    ["SlurmdParameters", "config_overrides"],
    ["ProctrackType", "proctrack/linuxproc"],
    ["TaskPlugin", "task/none"],
    ["JobAcctGatherType", "jobacct_gather/none"],
    ["MpiDefault", "none"],
    ["MailProg", "/bin/true"],
    ["StateSaveLocation", stateDir],
    ["SlurmdSpoolDir", "/var/lib/slurm/slurmd"],
    ["SlurmctldLogFile", slurmctldLog],
    ["SlurmdLogFile", slurmdLog],
    ["SlurmctldDebug", "info"],
    ["SlurmdDebug", "info"],
    // A node that comes back takes jobs again, whatever made it fail.
    ["ReturnToService", 2],
    // Emulated nodes answer late; native ones never come near these limits.
    ["MessageTimeout", 60],
    ["TCPTimeout", 10],
    ["BatchStartTimeout", 60],
    ["SlurmdTimeout", slurmdTimeout(elastic)],
    ["UnkillableStepTimeout", 120],
    // All of a pool's nodes are reached straight from the controller.
    ["TreeWidth", 64],
    // Limits are enforced at once: a job may not run on past its time.
    ["KillWait", 2],
    ["OverTimeLimit", 0],
    ["EnforcePartLimits", "ALL"],
    ["PropagateResourceLimits", "NONE"],
    ["MaxJobCount", 200_000],
    ["MinJobAge", 600],
    ["JobCompType", "jobcomp/filetxt"],
    ["JobCompLoc", completionLog],
    ...accountingSettings(policy, controller),
    ...schedulingSettings(policy),
    ["SelectType", "select/cons_tres"],
    ["SelectTypeParameters", policy.select.parameters],
    ...prioritySettings(policy),
    ...preemptionSettings(policy),
    ...(compute.some(({ gpus }) => gpus > 0) ? [["GresTypes", "gpu"] as const] : []),
    ...powerSettings(elastic, plan),
  ];
  return lines([
    ...settings.map(([key, value]) => `${key}=${value}`),
    ...compute.map(nodeLine),
    ...partitionLines(policy, plan, elastic),
  ]);
}

function accountingSettings(policy: SlurmPolicy, controller: NodePlan) {
  if (!needsAccounting(policy)) return [];
  return [
    ["AccountingStorageType", "accounting_storage/slurmdbd"],
    ["AccountingStorageHost", controller.address],
    ["AccountingStorageEnforce", "associations,limits,qos"],
  ] as const;
}

function nodeLine(node: NodePlan): string {
  const cores = node.vcpus;
  return [
    `NodeName=${node.name}`,
    `NodeAddr=${node.address}`,
    `CPUs=${cores}`,
    "Boards=1",
    "SocketsPerBoard=1",
    `CoresPerSocket=${cores}`,
    "ThreadsPerCore=1",
    `RealMemory=${jobMemoryMiB(node)}`,
    ...(node.gpus > 0 ? [`Gres=gpu:${node.gpus}`] : []),
    "State=UNKNOWN",
  ].join(" ");
}

/** Name of the partition that preempts, and its nodes: all of them. */
function partitionLines(policy: SlurmPolicy, plan: ClusterPlan, elastic: ElasticPools): string[] {
  const { preemption } = policy;
  const suspends = preemption.type === "partition" && preemption.mode === "suspend";
  const line = (name: string, nodes: readonly string[], tier: number, isDefault: boolean) =>
    [
      `PartitionName=${name}`,
      `Nodes=${nodes.join(",")}`,
      `Default=${isDefault ? "YES" : "NO"}`,
      "State=UP",
      "MaxTime=INFINITE",
      `OverSubscribe=${suspends ? "FORCE:1" : "NO"}`,
      `PriorityTier=${tier}`,
      `DefMemPerCPU=${memoryPerCoreMiB(plan.nodes.filter((node) => nodes.includes(node.name)))}`,
      ...powerOfPartition(elastic, name),
    ].join(" ");
  const pools = plan.partitions.map(({ name, nodes }, index) => line(name, nodes, 1, index === 0));
  if (preemption.type !== "partition") return pools;
  const all = plan.partitions.flatMap(({ nodes }) => nodes);
  return [...pools, line(preemption.partition, all, 10, false)];
}

/**
 * Simulated accelerators. slurmd drops those without a file, so each has an empty one, which is
 * there on every node for as many as a node may have.
 */
function gresConf(plan: ClusterPlan): string {
  return lines([
    "AutoDetect=off",
    ...plan.nodes
      .filter(({ gpus }) => gpus > 0)
      .map(({ name, gpus }) => `NodeName=${name} Name=gpu File=${acceleratorFiles(gpus)}`),
  ]);
}

function acceleratorFiles(gpus: number): string {
  return gpus === 1 ? `${acceleratorPath}0` : `${acceleratorPath}[0-${gpus - 1}]`;
}

/** The slurm account comes to the database through its socket, by its user id: there is no password. */
export function slurmdbdConf(controller: NodePlan): string {
  return lines([
    "AuthType=auth/munge",
    `DbdHost=${controller.name}`,
    `DbdAddr=${controller.address}`,
    "SlurmUser=slurm",
    "StorageType=accounting_storage/mysql",
    "StorageHost=localhost",
    "StorageUser=slurm",
    "StorageLoc=slurm_acct_db",
    "DebugLevel=info",
    `LogFile=${slurmdbdLog}`,
    "PidFile=/run/slurmdbd/slurmdbd.pid",
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
