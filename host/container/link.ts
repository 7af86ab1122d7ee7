import type { ContainerNode } from "./node";

/** A token bucket must hold what passes in one scheduler tick, and at least one large segment. */
const burstSeconds = 0.01;
const leastBurstBytes = 128 * 1024;

/** Milliseconds between the host's questions for a node's hardware address; the kernel's default is 1000. */
const neighbourRetryMilliseconds = 200;

/**
 * Shell commands of the create script for a running node's link: the host notices sooner that the
 * node has come up, and the link is shaped. A token bucket at both ends rather than libvirt's
 * `<bandwidth>`: it needs one queue discipline of the kernel instead of four.
 */
export function linkCommands(
  node: Pick<ContainerNode, "networkName" | "bandwidthMbps" | "latencyUs">,
): string {
  const { networkName, bandwidthMbps, latencyUs } = node;
  if (networkName === null) return "";
  const hostEnd = `host_end=$(sed -n "s/.*<target dev='\\(vnet[0-9]*\\)'.*/\\1/p" "/run/libvirt/lxc/$name.xml" | head -n 1)
bridge=$(basename "$(readlink "/sys/class/net/$host_end/master")")
echo ${neighbourRetryMilliseconds} > "/proc/sys/net/ipv4/neigh/$bridge/retrans_time_ms" || true
`;
  if (bandwidthMbps === null && latencyUs === null) return hostEnd;
  const bucket = bandwidthMbps === null ? null : tokenBucket(bandwidthMbps);
  return `${hostEnd}controller=$(cat "/run/libvirt/lxc/$name.pid")
init=$(cut -d' ' -f1 "/proc/$controller/task/$controller/children")
in_node() { nsenter --net="/proc/$init/ns/net" "$@"; }
for try in $(seq 50); do
  ! in_node ip link show eth0 > /dev/null 2>&1 || break
  sleep 0.1
done
shape() { "$@" || explain "the host's kernel does not shape the link: $*"; }
${[
  ...(latencyUs === null
    ? []
    : [shape("in_node", "eth0", "root handle 1:", `netem delay ${latencyUs}us limit 10000`)]),
  ...(bucket === null
    ? []
    : [
        shape("in_node", "eth0", latencyUs === null ? "root" : "parent 1:1", bucket),
        shape("", '"$host_end"', "root", bucket),
      ]),
].join("\n")}
`;
}

function shape(where: string, device: string, place: string, discipline: string): string {
  return `shape ${where} tc qdisc replace dev ${device} ${place} ${discipline}`.replace("  ", " ");
}

function tokenBucket(megabitsPerSecond: number): string {
  const bytesPerSecond = (megabitsPerSecond * 1e6) / 8;
  const burst = Math.max(leastBurstBytes, Math.round(bytesPerSecond * burstSeconds));
  return `tbf rate ${Math.max(1, Math.round(megabitsPerSecond * 1000))}kbit burst ${burst} latency 50ms`;
}
