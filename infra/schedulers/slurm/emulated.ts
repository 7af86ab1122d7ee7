import { clockFactor } from "../../../spec/clock";
import {
  isEmulated,
  type SchedulerNode,
  schedulerNodes,
  schedulerPartitions,
} from "../../../spec/emulated";
import { compressNames } from "../../../spec/hostlist";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { acceleratorFields } from "./gres";
import { nodeParameters } from "./node-parameters";
import { firstEmulatedPort, topologyConfPath } from "./paths";
import type { SiteLayout } from "./site/layout";
import { gresFields, nodeFields } from "./site/nodes";
import { siteTopology } from "./site/topology";

/** What emulated nodes change in the configuration. */
export interface EmulatedNodes {
  /** Of the domains, in their order. */
  readonly nodes: readonly SchedulerNode[];
  /** How much faster than the host's the clock of Slurm's daemons on the controller goes. */
  readonly clockFactor: number;
  /** In names of these nodes. */
  readonly partitions: ClusterPlan["partitions"];
  /** In place of those of the same name, or behind them. */
  readonly settings: readonly (readonly [key: string, value: string | number])[];
  readonly nodeLines: readonly string[];
  readonly gresLines: readonly string[];
  /** topology.conf; null without switches. */
  readonly switches: { readonly path: string; readonly content: string } | null;
}

/** Null where nodes are domains. */
export function emulatedNodes(
  { topology, run }: ExperimentSpec,
  plan: ClusterPlan,
  site: SiteLayout | null,
): EmulatedNodes | null {
  if (!isEmulated(topology)) return null;
  const nodes = schedulerNodes(topology, plan.nodes);
  const groups = plan.nodes.flatMap((domain) =>
    alikeGroups(
      nodes.filter(({ host }) => host === domain.name),
      (node) => shapeOf(node, site),
    ).map((group) => ({ ...group, domain })),
  );
  const switches =
    site === null
      ? switchLines(nodes)
      : siteTopology(site.site, site.nodes, new Set(nodes.map(({ name }) => name)));
  return {
    nodes,
    clockFactor: clockFactor(run),
    partitions: schedulerPartitions(plan.partitions, nodes),
    // A site says itself whether it goes by its switches.
    settings: [...settings, ...(switches === null || site !== null ? [] : [tree])],
    nodeLines: groups.map(({ domain, members, first, shape }) =>
      [
        `NodeName=${hostlist(members)}`,
        `NodeHostname=${domain.name}`,
        `NodeAddr=${domain.address}`,
        `Port=${range(firstEmulatedPort + first, members.length)}`,
        ...shape.fields,
      ].join(" "),
    ),
    gresLines: groups.flatMap(({ members, shape }) =>
      shape.gres.map((gres) => `NodeName=${hostlist(members)} ${gres}`),
    ),
    switches: switches === null ? null : { path: topologyConfPath, content: switches },
  };
}

interface Shape {
  /** Of slurm.conf, behind the address. */
  readonly fields: readonly string[];
  /** Of gres.conf, behind the name. */
  readonly gres: readonly string[];
}

function shapeOf(node: SchedulerNode, site: SiteLayout | null): Shape {
  const own = site?.byName.get(node.name);
  if (own !== undefined) return { fields: nodeFields(own), gres: gresFields(own) };
  return { fields: nodeParameters(node), gres: acceleratorFields(node) };
}

/** Nodes of a domain that follow each other and are alike, with the place of the first of them. */
function alikeGroups(
  nodes: readonly SchedulerNode[],
  shapeOfNode: (node: SchedulerNode) => Shape,
): { readonly members: SchedulerNode[]; readonly first: number; readonly shape: Shape }[] {
  const groups: { members: SchedulerNode[]; first: number; shape: Shape; key: string }[] = [];
  for (const [index, node] of nodes.entries()) {
    const shape = shapeOfNode(node);
    const key = JSON.stringify(shape);
    const last = groups.at(-1);
    if (last?.key === key) last.members.push(node);
    else groups.push({ members: [node], first: index, shape, key });
  }
  return groups;
}

/** A thousand daemons share a domain: each has files of its own, few threads, and no control groups. */
const settings: EmulatedNodes["settings"] = [
  // Which jobs run is asked for often; the cache answers without a lock on the jobs.
  ["SlurmctldParameters", "enable_configless,enable_job_state_cache"],
  ["SlurmdParameters", "config_overrides,conmgr_threads=2"],
  ["ProctrackType", "proctrack/pgid"],
  ["SlurmdSpoolDir", "/var/lib/slurm/slurmd/%n"],
  ["SlurmdLogFile", "/var/log/slurm/slurmd-%n.log"],
  ["SlurmdPidFile", "/run/slurm/%n.pid"],
  ["SlurmdDebug", "error"],
  // slurmd wants it to be five times MessageTimeout, and says so in every one of its logs.
  ["UnkillableStepTimeout", 300],
  // A change of the policy is for slurmctld alone: the daemons keep the files that they began with.
  ["DebugFlags", "NO_CONF_HASH"],
];

const tree = ["TopologyPlugin", "topology/tree"] as const;

/**
 * Leaf switches by pool under one root; leaf0 has the nodes of a pool that say no leaf. Null where no pool
 * has any.
 */
function switchLines(nodes: readonly SchedulerNode[]): string | null {
  if (nodes.every(({ leaf }) => leaf === null)) return null;
  const leaves = new Map<string, SchedulerNode[]>();
  for (const node of nodes) {
    const name = `${node.pool}-leaf${node.leaf === null ? 0 : node.leaf + 1}`;
    const members = leaves.get(name);
    if (members === undefined) leaves.set(name, [node]);
    else members.push(node);
  }
  return [
    ...[...leaves].map(([name, members]) => `SwitchName=${name} Nodes=${hostlist(members)}\n`),
    `SwitchName=root Switches=${[...leaves.keys()].join(",")}\n`,
  ].join("");
}

/** In Slurm's notation: `node01-[0001-0500],node02-[0001-0500]`. */
export function hostlist(nodes: readonly Pick<SchedulerNode, "name">[]): string {
  return compressNames(nodes.map(({ name }) => name));
}

/** So many ports from the first: `[17001-17500]`, a single one as it is. */
function range(first: number, count: number): string {
  return count === 1 ? String(first) : `[${first}-${first + count - 1}]`;
}
