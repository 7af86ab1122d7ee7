import path from "node:path";

/** Below it every stack has a directory of its own, named like its network and pool. */
export const stacksDirectory = "/var/lib/schedlab";

/** The container that the probe of the kinds starts; no stack's, since no node is called `probe`. */
export const probeDomain = "schedlab-probe";

const prefix = "schedlab-";

/** Names of node hosts, as the plan gives them: `controller`, `node01`, `gpu12`; none has a hyphen. */
const nodePattern = /^(?:controller|[a-z][a-z0-9]*\d{2,})$/;

/** The name of a stack's network, pool and directory. Other stacks' begin with it too. */
export function clusterName(stack: string): string {
  return `${prefix}${stack}`;
}

/** The stack of a network, pool or directory. */
export function stackOfCluster(name: string): string | undefined {
  return name.startsWith(prefix) && name.length > prefix.length
    ? name.slice(prefix.length)
    : undefined;
}

/** Where a stack keeps all that it has on the hypervisor's disk. */
export function stackDirectory(cluster: string): string {
  return path.posix.join(stacksDirectory, cluster);
}

/**
 * The stack whose plan gives a domain this name. A domain `schedlab-dev-b01` can only be the node
 * `b01` of `dev`, while a network `schedlab-dev-b01` is the stack `dev-b01`'s: the kind decides.
 */
export function stackOfDomain(name: string): string | undefined {
  const hyphen = name.lastIndexOf("-");
  if (hyphen <= prefix.length || !name.startsWith(prefix)) return undefined;
  return nodePattern.test(name.slice(hyphen + 1)) ? name.slice(prefix.length, hyphen) : undefined;
}

/** What a cgroup's directory says about the domain that it was made for. */
export interface CgroupName {
  readonly domain: string;
  /** False when libvirt may have shortened the name: then it can stand for several domains. */
  readonly whole: boolean;
  /** Process id of libvirt's controller of a container. */
  readonly controller?: number;
}

/**
 * Libvirt cuts a domain's name after 20 characters, or the group's name after 64; systemd's form loses
 * a hyphen at the cut.
 */
function isWhole(domain: string, group: string): boolean {
  return domain.length < 19 || (domain.length > 20 && group.length < 63);
}

/** Reads the name of a cgroup of libvirt or of host/container; undefined for others. */
export function cgroupName(directory: string): CgroupName | undefined {
  const plain = directory.replaceAll("\\x2d", "-");
  const own = /^node-(schedlab-.+)$/.exec(plain)?.[1];
  if (own !== undefined) return { domain: own, whole: true };
  const match =
    /^(lxc|qemu)-(\d+)-(schedlab-.*)\.libvirt-\1$/.exec(plain) ??
    /^machine-(lxc|qemu)-(\d+)-(schedlab-.*)\.scope$/.exec(plain);
  if (match === null) return undefined;
  const [, driver, id, domain = ""] = match;
  const whole = isWhole(domain, `${driver}-${id}-${domain}`);
  return driver === "lxc" ? { domain, whole, controller: Number(id) } : { domain, whole };
}

/** Whom a process works for. Networks and domains share their form of names, so the kind is part of it. */
export interface Employer {
  readonly kind: "container" | "machine" | "network";
  readonly name: string;
}

/** The libvirt domain or network that a process works for, by its command line and environment. */
export function employerOf(
  argv: readonly string[],
  environment: readonly string[],
): Employer | undefined {
  const container = environment.find((entry) => entry.startsWith("LIBVIRT_LXC_NAME="));
  if (container) return { kind: "container", name: container.slice("LIBVIRT_LXC_NAME=".length) };
  const command = argv[0] ?? "";
  const after = (option: string) => argv[argv.indexOf(option) + 1] ?? "";
  if (command.endsWith("libvirt_lxc")) return { kind: "container", name: after("--name") };
  if (/qemu-system-\w+$|qemu-kvm$/.test(command) && argv.includes("-name")) {
    const [name = ""] = after("-name")
      .replace(/^guest=/, "")
      .split(",");
    return { kind: "machine", name };
  }
  if (!command.endsWith("dnsmasq")) return undefined;
  const network = argv
    .map((argument) => /\/libvirt\/dnsmasq\/([^/]+)\.conf$/.exec(argument)?.[1])
    .find(Boolean);
  return network === undefined ? undefined : { kind: "network", name: network };
}

/**
 * Whether libvirt's definition of a domain places it in this stack: its root directory, a disk or its
 * console lies in the stack's own directory or pool. A name alone proves nothing.
 */
export function isPlacedIn(xml: string, stack: string): boolean {
  const cluster = clusterName(stack);
  const places = [...xml.matchAll(/\s(dir|file|pool)=(?:'([^']*)'|"([^"]*)")/g)];
  return places.some(([, attribute, single, double]) => {
    const value = single ?? double ?? "";
    return attribute === "pool"
      ? value === cluster
      : value.startsWith(`${stackDirectory(cluster)}/`);
  });
}
