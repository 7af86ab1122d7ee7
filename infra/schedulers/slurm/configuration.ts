import { memoryPerCoreMiB } from "../../../spec/allocation";
import type { NodeTraits } from "../../../spec/node-traits";
import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { Change } from "../changes";
import type { InstalledFile } from "../shell";
import { acceleratedSettings } from "./clock";
import {
  type ElasticPools,
  powerOfPartition,
  powerPrograms,
  powerSettings,
  slurmdTimeout,
} from "./elastic";
import { type EmulatedNodes, hostlist } from "./emulated";
import { acceleratorLines } from "./gres";
import { hasAccounts, type SlurmLayout } from "./layout";
import { nodeParameters } from "./node-parameters";
import {
  cgroupConfPath,
  clusterName,
  completionLog,
  gresConfPath,
  jobSubmitPath,
  slurmConfPath,
  slurmctldLog,
  slurmdbdLog,
  slurmdLog,
  stateDir,
} from "./paths";
import { preemptionSettings, prioritySettings, schedulingSettings } from "./policy";
import { siteConfiguration } from "./site/configuration";

/** The controller's files; its slurmctld hands them to every slurmd. */
export function slurmFiles(
  policy: SlurmPolicy,
  plan: ClusterPlan,
  layout: SlurmLayout,
): InstalledFile[] {
  const { emulated, elastic, site } = layout;
  const file = (path: string, content: string): InstalledFile => ({
    path,
    mode: "0644",
    owner: "root:root",
    content,
  });
  return [
    // slurmctld looks for the programs when it starts.
    ...powerPrograms(elastic),
    file(slurmConfPath, slurmConf(policy, plan, layout).content),
    file(gresConfPath, gresConf(plan, emulated)),
    // The same for machines and containers, which may not change their control groups.
    file(cgroupConfPath, "CgroupPlugin=disabled\n"),
    ...(emulated?.switches == null
      ? []
      : [file(emulated.switches.path, emulated.switches.content)]),
    ...(site?.site.jobSubmit == null ? [] : [file(jobSubmitPath, site.site.jobSubmit)]),
  ];
}

/** slurm.conf for Slurm 24.11. One text serves machines and containers, so that runs stay comparable. */
function slurmConf(
  policy: SlurmPolicy,
  plan: ClusterPlan,
  layout: SlurmLayout,
): { readonly content: string; readonly changes: readonly Change[] } {
  const { emulated, elastic, site } = layout;
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
    // A job whose dependency has failed would wait for ever.
    ["DependencyParameters", "kill_invalid_depend"],
    ["MaxJobCount", 200_000],
    ["MinJobAge", 600],
    ["JobCompType", "jobcomp/filetxt"],
    ["JobCompLoc", completionLog],
    ...accountingSettings(controller, hasAccounts(policy, layout)),
    ...schedulingSettings(policy),
    ["SelectType", "select/cons_tres"],
    ["SelectTypeParameters", policy.select.parameters],
    ...prioritySettings(policy),
    ...preemptionSettings(policy),
    ...gpuSettings(emulated?.nodes ?? compute, hasAccounts(policy, layout)),
    ...powerSettings(elastic, plan),
  ];
  // A map keeps the place of a key that is set again.
  const all = new Map(
    acceleratedSettings([...settings, ...(emulated?.settings ?? [])], emulated?.clockFactor ?? 1),
  );
  if (site !== null && emulated !== null) {
    const translated = siteConfiguration(site, [...all], emulated);
    return { content: lines(translated.lines), changes: translated.changes };
  }
  const content = lines([
    ...[...all].map(([key, value]) => `${key}=${value}`),
    ...(emulated?.nodeLines ?? compute.map(nodeLine)),
    ...(emulated === null
      ? partitionLines(policy, plan, elastic, (nodes) => nodes.map(({ name }) => name).join(","))
      : partitionLines(policy, emulated, elastic, hostlist)),
  ]);
  return { content, changes: [] };
}

/** What of a site's configuration is otherwise on this cluster; nothing without a site. */
export function slurmChanges(
  policy: SlurmPolicy,
  plan: ClusterPlan,
  layout: SlurmLayout,
): readonly Change[] {
  return slurmConf(policy, plan, layout).changes;
}

function accountingSettings(controller: NodePlan, accounts: boolean) {
  if (!accounts) return [];
  return [
    ["AccountingStorageType", "accounting_storage/slurmdbd"],
    ["AccountingStorageHost", controller.address],
    ["AccountingStorageEnforce", "associations,limits,qos"],
  ] as const;
}

type Accelerated = NodeTraits & { readonly gpus: number };

/** Accounting counts only those resources that it is told of, and each type of GPU by its own name. */
function gpuSettings(nodes: readonly Accelerated[], accounts: boolean) {
  const having = nodes.filter(({ gpus }) => gpus > 0);
  if (having.length === 0) return [];
  const types = [["GresTypes", "gpu"]] as const;
  if (!accounts) return types;
  const named = new Set(having.flatMap(({ gpuType }) => gpuType ?? []));
  const counted = ["gres/gpu", ...[...named].sort().map((type) => `gres/gpu:${type}`)];
  return [...types, ["AccountingStorageTRES", counted.join(",")] as const];
}

function nodeLine(node: NodePlan): string {
  return [`NodeName=${node.name}`, `NodeAddr=${node.address}`, ...nodeParameters(node)].join(" ");
}

interface PartitionedNodes<Node> {
  readonly nodes: readonly Node[];
  readonly partitions: ClusterPlan["partitions"];
}

/** The pools' partitions, and the one that preempts, which has all nodes; `written` in Slurm's notation. */
function partitionLines<Node extends Pick<NodePlan, "name" | "vcpus" | "memoryMiB">>(
  policy: SlurmPolicy,
  { nodes: known, partitions }: PartitionedNodes<Node>,
  elastic: ElasticPools,
  written: (nodes: readonly Node[]) => string,
): string[] {
  const { preemption } = policy;
  const suspends = preemption.type === "partition" && preemption.mode === "suspend";
  const byName = new Map(known.map((node) => [node.name, node]));
  const line = (name: string, names: readonly string[], tier: number, isDefault: boolean) => {
    const nodes = names.flatMap((node) => byName.get(node) ?? []);
    return [
      `PartitionName=${name}`,
      `Nodes=${written(nodes)}`,
      `Default=${isDefault ? "YES" : "NO"}`,
      "State=UP",
      "MaxTime=INFINITE",
      `OverSubscribe=${suspends ? "FORCE:1" : "NO"}`,
      `PriorityTier=${tier}`,
      `DefMemPerCPU=${memoryPerCoreMiB(nodes)}`,
      ...powerOfPartition(elastic, name),
    ].join(" ");
  };
  const pools = partitions.map(({ name, nodes }, index) => line(name, nodes, 1, index === 0));
  if (preemption.type !== "partition") return pools;
  const all = partitions.flatMap(({ nodes }) => nodes);
  return [...pools, line(preemption.partition, all, 10, false)];
}

/**
 * Simulated accelerators. slurmd drops those without a file, so each has an empty one, which is
 * there on every node for as many as a node may have.
 */
function gresConf(plan: ClusterPlan, emulated: EmulatedNodes | null): string {
  const real = plan.nodes.flatMap((node) => acceleratorLines(node.name, node));
  return lines(["AutoDetect=off", ...(emulated?.gresLines ?? real)]);
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
