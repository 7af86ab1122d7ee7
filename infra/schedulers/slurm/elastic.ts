import { shellFile } from "../../../base/shell-script";
import type { Elastic } from "../../../spec/elastic";
import type { ClusterPlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { powerDirectory } from "./paths";

/** The elastic pools of a cluster by name; none for most clusters. */
export type ElasticPools = ReadonlyMap<string, Elastic>;

/**
 * Seconds of silence after which slurmctld gives a node up. Nodes that come and go are asked more often
 * than others: one that dies has to be replaced.
 */
const silenceSeconds = 60;
const usualSilenceSeconds = 300;
/** From the suspension of a node until slurmctld may want it again. */
const suspendSeconds = 10;

export function slurmdTimeout(elastic: ElasticPools): number {
  return elastic.size === 0 ? usualSilenceSeconds : silenceSeconds;
}

/** Pools that are left to Slurm's power saving. */
function nativePools(elastic: ElasticPools): [string, Elastic][] {
  return [...elastic].filter(([, { policy }]) => policy.kind === "native");
}

export function isNative(elastic: ElasticPools, pool: string): boolean {
  return elastic.get(pool)?.policy.kind === "native";
}

/**
 * Power saving, where a pool is left to it. The programs only note what slurmctld wants; the harness does
 * it. Between runs nobody would, so that all nodes are exempt until a run takes that back, which it does anew
 * whenever slurmctld has read this again.
 */
export function powerSettings(
  elastic: ElasticPools,
  plan: ClusterPlan,
): (readonly [string, string | number])[] {
  if (nativePools(elastic).length === 0) return [];
  const compute = plan.nodes.filter(({ role }) => role === "compute");
  return [
    ["SuspendProgram", `${powerDirectory}/suspend`],
    ["ResumeProgram", `${powerDirectory}/resume`],
    ["SuspendExcNodes", compute.map(({ name }) => name).join(",")],
    // Nodes are few, and the host starts them side by side.
    ["SuspendRate", 0],
    ["ResumeRate", 0],
  ];
}

/** What a partition of a pool has to say about power saving. */
export function powerOfPartition(elastic: ElasticPools, pool: string): string[] {
  const { policy, provisioning } = elastic.get(pool) ?? {};
  if (policy?.kind !== "native" || provisioning === undefined) return [];
  return [
    `SuspendTime=${Math.max(1, Math.round(policy.idle))}`,
    `SuspendTimeout=${suspendSeconds}`,
    `ResumeTimeout=${provisioning.deadline}`,
  ];
}

/** The programs that slurmctld calls with the names of nodes. */
export function powerPrograms(elastic: ElasticPools): InstalledFile[] {
  if (nativePools(elastic).length === 0) return [];
  const content = shellFile(__dirname, "power.sh");
  return ["suspend", "resume"].map((name) => ({
    path: `${powerDirectory}/${name}`,
    mode: "0755",
    owner: "root:root",
    content,
  }));
}
