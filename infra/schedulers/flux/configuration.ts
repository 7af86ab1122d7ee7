import { clockFactor } from "../../../spec/clock";
import { isEmulated } from "../../../spec/emulated";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import { fluxTables } from "../../../spec/schedulers/flux/site";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { heartbeatLines, signatureLines } from "./clock";
import { emulatedModules, emulatedResources } from "./emulated";
import {
  brokerPort,
  certificatePath,
  impConfigPath,
  signConfigPath,
  systemConfigDir,
} from "./paths";
import { schedulerTables } from "./policy";
import { siteTables } from "./site";
import { resourceConfig, text } from "./toml";
import { traitProperties } from "./traits";

const access = ["[access]", "allow-guest-user = true", "allow-root-owner = true", ""];

/** What every broker reads, the same on each node: whom it lets in, whom it talks to, how it starts jobs. */
export function brokerFiles(
  { fanOut }: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): InstalledFile[] {
  if (isEmulated(spec.topology)) {
    // One broker that talks to no other, and jobs of which it starts nothing.
    const lines = [...access, "[exec.testexec]", "allow-guests = true", ...heartbeatLines(spec)];
    return [
      file(`${systemConfigDir}/broker.toml`, lines),
      file(signConfigPath, signatureLines(spec)),
    ];
  }
  return [
    file(`${systemConfigDir}/broker.toml`, [
      ...access,
      "[exec]",
      `imp = ${text("/usr/libexec/flux/flux-imp")}`,
      // As with the other schedulers: TERM, then KILL 2 s later.
      'kill-timeout = "2s"',
      "",
      "[tbon]",
      `topo = ${text(`kary:${fanOut}`)}`,
      // A lost node is noticed after this long, whether or not something is sent to it.
      'tcp_user_timeout = "20s"',
      "",
      "[bootstrap]",
      `curve_cert = ${text(certificatePath)}`,
      `default_port = ${brokerPort}`,
      'default_bind = "tcp://eth0:%p"',
      'default_connect = "tcp://%h:%p"',
      "hosts = [",
      // A broker's rank is its place in this list: the controller has rank 0.
      ...plan.nodes.map(({ name }) => `  { host = ${text(name)} },`),
      "]",
    ]),
    file(impConfigPath, [
      "[exec]",
      'allowed-users = ["flux"]',
      'allowed-shells = ["/usr/libexec/flux/flux-shell"]',
    ]),
  ];
}

/** What only the controller's broker reads: resources, queues and the scheduler. */
export function leaderFile(
  policy: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): InstalledFile {
  const emulated = isEmulated(spec.topology);
  const site = fluxTables(spec.scheduler.kind === "flux" ? spec.scheduler.site : undefined);
  return file(`${systemConfigDir}/leader.toml`, [
    "[resource]",
    // A container sees the host's cores: what is configured counts, not what is found.
    "noverify = true",
    ...(emulated ? emulatedResources(spec.topology, plan) : resources(plan)),
    "",
    ...(site === null ? queueTables(plan) : []),
    "[ingest.validator]",
    // What can never run is refused when it is submitted, as the other schedulers do.
    'plugins = ["jobspec", "feasibility"]',
    "",
    "[kvs]",
    // A broker that is killed forgets no more than this, on the host's clock.
    `checkpoint-period = "${clockFactor(spec.run)}s"`,
    "",
    ...(site === null ? schedulerTables(policy) : siteTables(site.kept, plan)),
    ...(emulated ? emulatedModules : []),
  ]);
}

function resources({ nodes, partitions }: ClusterPlan): string[] {
  return [
    `exclude = ${text(namesOf(nodes.filter(({ role }) => role === "controller")))}`,
    ...nodes.flatMap((node) =>
      resourceConfig({
        hosts: node.name,
        cores: node.vcpus,
        gpus: node.gpus,
        properties: [
          ...partitions.flatMap((part) => (part.nodes.includes(node.name) ? [part.name] : [])),
          ...traitProperties(node),
        ],
      }),
    ),
  ];
}

/** A queue for each partition, the first of which is the default; a single one needs no name. */
function queueTables({ partitions }: ClusterPlan): string[] {
  const [first, ...others] = partitions;
  if (first === undefined || others.length === 0) return [];
  return [
    "[policy.jobspec.defaults.system]",
    `queue = ${text(first.name)}`,
    "",
    ...partitions.flatMap(({ name }) => [
      `[queues.${text(name)}]`,
      `requires = [${text(name)}]`,
      "",
    ]),
  ];
}

function namesOf(nodes: readonly NodePlan[]): string {
  return nodes.map(({ name }) => name).join(",");
}

function file(path: string, lines: readonly string[]): InstalledFile {
  return { path, mode: "0644", owner: "root:root", content: lines.join("\n") };
}
