import { type ContainerNode, consoleInNode, containerPaths, firstProcessInNode } from "./node";

/** Capabilities that no node needs, beside those that libvirt's default policy drops. */
const droppedCapabilities = [
  // Opening files of the host by handle.
  "dac_read_search",
  "sys_rawio",
  "syslog",
  "wake_alarm",
  "block_suspend",
  "linux_immutable",
];

/** A container runtime makes device nodes for its containers. */
const nestingCapabilities = ["mknod"];

/** Length of the scheduler period in which a node may use `vcpus` times that much CPU time. */
const cpuPeriodMicroseconds = 100_000;

/** The domain of one node. Limits: memory as a hard limit, CPU as a quota (not as pinned cores). */
export function containerXml(node: ContainerNode): string {
  return `<domain type='lxc'>
  <name>${node.domainName}</name>
  <memory unit='MiB'>${node.memoryMiB}</memory>
  <vcpu>${node.vcpus}</vcpu>
  <memtune>
    <hard_limit unit='MiB'>${node.memoryMiB}</hard_limit>
    <swap_hard_limit unit='MiB'>${node.memoryMiB}</swap_hard_limit>
  </memtune>
  <cputune>
    <shares>${1024 * node.vcpus}</shares>
    <period>${cpuPeriodMicroseconds}</period>
    <quota>${cpuPeriodMicroseconds * node.vcpus}</quota>
  </cputune>
  <os>
    <type>exe</type>
    <init>${firstProcessInNode}</init>
    <initarg>${node.domainName}</initarg>
    <initarg>${consoleInNode}</initarg>
  </os>
  <features>
    <privnet/>
    <capabilities policy='default'>
${capabilities(node).join("\n")}
    </capabilities>
  </features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <filesystem type='mount'>
      <source dir='${escapeXml(containerPaths(node).merged)}'/>
      <target dir='/'/>
    </filesystem>
${interfaceXml(node)}    <console type='pty'/>
  </devices>
</domain>
`;
}

function capabilities({ nesting }: ContainerNode): string[] {
  return [
    ...droppedCapabilities.map((name) => `      <${name} state='off'/>`),
    ...(nesting ? nestingCapabilities.map((name) => `      <${name} state='on'/>`) : []),
  ];
}

function interfaceXml({ networkName, mac }: ContainerNode): string {
  if (networkName === null) return "";
  return `    <interface type='network'>
      <mac address='${escapeXml(mac)}'/>
      <source network='${escapeXml(networkName)}'/>
    </interface>
`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("'", "&apos;")
    .replaceAll('"', "&quot;");
}
