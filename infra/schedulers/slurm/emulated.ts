import { jobMemoryMiB } from "../../../spec/allocation";
import { clockFactor } from "../../../spec/clock";
import {
  isEmulated,
  type SchedulerNode,
  schedulerNodes,
  schedulerPartitions,
} from "../../../spec/emulated";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { acceleratorLines, traitParameters } from "./gres";
import { firstEmulatedPort, topologyConfPath } from "./paths";

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
): EmulatedNodes | null {
  if (!isEmulated(topology)) return null;
  const nodes = schedulerNodes(topology, plan.nodes);
  const domains = plan.nodes.flatMap((domain) => {
    const members = nodes.filter(({ host }) => host === domain.name);
    const [first] = members;
    return first === undefined ? [] : [{ domain, members, first }];
  });
  const switches = switchLines(nodes);
  return {
    nodes,
    clockFactor: clockFactor(run),
    partitions: schedulerPartitions(plan.partitions, nodes),
    settings: [...settings, ...(switches === null ? [] : [tree])],
    nodeLines: domains.map(({ domain, members, first }) =>
      [
        `NodeName=${hostlist(members)}`,
        `NodeHostname=${domain.name}`,
        `NodeAddr=${domain.address}`,
        `Port=${range(members.map((_, index) => String(firstEmulatedPort + index)))}`,
        `CPUs=${first.vcpus}`,
        "Boards=1",
        "SocketsPerBoard=1",
        `CoresPerSocket=${first.vcpus}`,
        "ThreadsPerCore=1",
        `RealMemory=${jobMemoryMiB(first)}`,
        ...traitParameters(first),
        "State=UNKNOWN",
      ].join(" "),
    ),
    gresLines: domains.flatMap(({ members, first }) => acceleratorLines(hostlist(members), first)),
    switches:
      switches === null ? null : { path: topologyConfPath, content: `${switches.join("\n")}\n` },
  };
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

/** Leaf switches by pool under one root; a pool without any has one. Null where no pool has any. */
function switchLines(nodes: readonly SchedulerNode[]): string[] | null {
  if (nodes.every(({ leaf }) => leaf === null)) return null;
  const leaves = new Map<string, SchedulerNode[]>();
  for (const node of nodes) {
    const name = `${node.pool}-leaf${(node.leaf ?? 0) + 1}`;
    const members = leaves.get(name);
    if (members === undefined) leaves.set(name, [node]);
    else members.push(node);
  }
  return [
    ...[...leaves].map(([name, members]) => `SwitchName=${name} Nodes=${hostlist(members)}`),
    `SwitchName=root Switches=${[...leaves.keys()].join(",")}`,
  ];
}

/** In Slurm's notation: `node01-[0001-0500],node02-[0001-0500]`. Nodes of one domain follow each other. */
export function hostlist(nodes: readonly Pick<SchedulerNode, "name" | "host">[]): string {
  const numbers = new Map<string, string[]>();
  for (const { name, host } of nodes) {
    const number = name.slice(host.length + 1);
    const known = numbers.get(host);
    if (known === undefined) numbers.set(host, [number]);
    else known.push(number);
  }
  return [...numbers].map(([host, own]) => `${host}-${range(own)}`).join(",");
}

/** `[0001-0500]` for numbers that follow each other, a single one as it is. */
function range(numbers: readonly string[]): string {
  const [first = "", last = first] = [numbers[0], numbers.at(-1)];
  return first === last ? first : `[${first}-${last}]`;
}
