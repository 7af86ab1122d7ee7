import { execa } from "execa";
import { machineUri } from "./libvirtd";
import { conflictOf, rangeRemedy, type TakenRange } from "./ranges";
import { virsh, virshNames } from "./virsh";

const seconds = 10;

/**
 * Null when `cidr` is free on this host, else who uses it, as a sentence. What belongs to the
 * libvirt network `ownNetworkName` does not count.
 */
export async function rangeConflict(cidr: string, ownNetworkName: string): Promise<string | null> {
  return (await rangeConflicts())(cidr, ownNetworkName);
}

/** The same for any number of ranges, with what to do about a taken one: the host is asked once. */
export async function rangeConflicts(
  remedy = rangeRemedy,
): Promise<(cidr: string, ownNetworkName: string) => string | null> {
  const [networks, known] = await Promise.all([libvirtNetworks(), routes()]);
  return (cidr, ownNetworkName) => {
    const ownBridge = networks.find(({ name }) => name === ownNetworkName)?.bridge;
    const taken = [
      ...networks
        .filter(({ name }) => name !== ownNetworkName)
        .flatMap(({ name, ranges }) =>
          ranges.map((range) => ({ cidr: range, by: `libvirt network ${name}` })),
        ),
      ...known
        .filter(({ device }) => device !== ownBridge)
        .map(({ range, device }) => ({ cidr: range, by: `network device ${device}` })),
    ] satisfies TakenRange[];
    return conflictOf(cidr, taken, remedy);
  };
}

/** Null when the kernel makes Linux bridges, else its reason; tried in a network namespace of its own. */
export async function bridgeProblem(): Promise<string | null> {
  const tried = await execa(
    "unshare",
    ["--net", "ip", "link", "add", "name", "trial", "type", "bridge"],
    { reject: false, timeout: seconds * 1000 },
  );
  return tried.failed ? tried.stderr.trim() || (tried.shortMessage ?? "failed") : null;
}

interface Route {
  readonly range: string;
  readonly device: string;
}

async function routes(): Promise<Route[]> {
  const { stdout } = await execa("ip", ["-json", "-4", "route", "show", "table", "all"], {
    timeout: seconds * 1000,
  });
  return parseRoutes(stdout);
}

/** Reads the JSON of `ip route`; the default route takes no range. */
export function parseRoutes(json: string): Route[] {
  const entries: { dst?: string; dev?: string; type?: string }[] = JSON.parse(json || "[]");
  return entries.flatMap(({ dst, dev, type }) =>
    dst && dev && dst !== "default" && type !== "multicast" ? [{ range: dst, device: dev }] : [],
  );
}

interface LibvirtNetwork {
  readonly name: string;
  readonly bridge: string | undefined;
  readonly ranges: string[];
}

/** Defined networks, active or not; none where libvirt does not answer. */
async function libvirtNetworks(): Promise<LibvirtNetwork[]> {
  const names = await virshNames(machineUri, ["net-list", "--all", "--name"], { seconds });
  if (names === undefined) return [];
  const definitions = await Promise.all(
    names.map((name) => virsh(machineUri, ["net-dumpxml", name], { seconds })),
  );
  return definitions
    .filter((definition) => !definition.failed)
    .map((definition) => parseNetworkXml(definition.stdout));
}

/** Reads name, bridge and IPv4 ranges of a libvirt network's definition. */
export function parseNetworkXml(xml: string): LibvirtNetwork {
  const ranges = [...xml.matchAll(/<ip\b([^>]*)>/g)].flatMap(([, attributes = ""]) => {
    const attribute = (name: string) =>
      new RegExp(`${name}=['"]([^'"]*)['"]`).exec(attributes)?.[1];
    const address = attribute("address");
    const prefix = attribute("prefix") ?? prefixOf(attribute("netmask"));
    return address && prefix && attribute("family") !== "ipv6" ? [`${address}/${prefix}`] : [];
  });
  return {
    name: /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? "",
    bridge: /<bridge name=['"]([^'"]*)['"]/.exec(xml)?.[1],
    ranges,
  };
}

function prefixOf(netmask: string | undefined): number | undefined {
  return netmask
    ?.split(".")
    .map((byte) => Number(byte).toString(2).replaceAll("0", "").length)
    .reduce((sum, bits) => sum + bits, 0);
}
