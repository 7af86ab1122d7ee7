import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import type { InstalledFile } from "../shell";
import { brokerPort, certificatePath, impConfigPath, systemConfigDir } from "./paths";
import { schedulerTables } from "./policy";

/** TOML takes JSON's form of a text. */
const text = (value: string) => JSON.stringify(value);

/** What every broker reads, the same on each node: whom it lets in, whom it talks to, how it starts jobs. */
export function brokerFiles({ fanOut }: FluxPolicy, plan: ClusterPlan): InstalledFile[] {
  return [
    file(`${systemConfigDir}/broker.toml`, [
      "[access]",
      "allow-guest-user = true",
      "allow-root-owner = true",
      "",
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
export function leaderFile(policy: FluxPolicy, plan: ClusterPlan): InstalledFile {
  return file(`${systemConfigDir}/leader.toml`, [
    "[resource]",
    // A container sees the host's cores: what is configured counts, not what is found.
    "noverify = true",
    `exclude = ${text(namesOf(plan.nodes.filter(({ role }) => role === "controller")))}`,
    ...plan.nodes.flatMap((node) => resourceTable(node, plan)),
    "",
    ...queueTables(plan),
    "[ingest.validator]",
    // What can never run is refused when it is submitted, as the other schedulers do.
    'plugins = ["jobspec", "feasibility"]',
    "",
    "[kvs]",
    // A broker that is killed forgets no more than this.
    'checkpoint-period = "1s"',
    "",
    ...schedulerTables(policy),
  ]);
}

function resourceTable(node: NodePlan, { partitions }: ClusterPlan): string[] {
  const properties = partitions.flatMap(({ name, nodes }) =>
    nodes.includes(node.name) ? [name] : [],
  );
  return [
    "",
    "[[resource.config]]",
    `hosts = ${text(node.name)}`,
    `cores = ${text(ids(node.vcpus))}`,
    ...(node.gpus > 0 ? [`gpus = ${text(ids(node.gpus))}`] : []),
    ...(properties.length > 0 ? [`properties = [${properties.map(text).join(", ")}]`] : []),
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

/** Numbers from 0, as RFC 22 writes them. */
function ids(count: number): string {
  return count === 1 ? "0" : `0-${count - 1}`;
}

function file(path: string, lines: readonly string[]): InstalledFile {
  return { path, mode: "0644", owner: "root:root", content: lines.join("\n") };
}
