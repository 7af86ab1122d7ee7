import { execa } from "execa";
import type { DomainKind } from "./domain-kind";

/** What can be done to the link of a node of one kind. */
export interface ShapingSupport {
  readonly bandwidth: boolean;
  readonly latency: boolean;
  /** Why something is not supported; null when both are. */
  readonly reason: string | null;
}

/** What host/container/link.ts does. */
const containerBandwidth = `
tc qdisc add dev trial0 root tbf rate 1mbit burst 131072 latency 50ms`;
const containerLatency = `
tc qdisc add dev trial0 root netem delay 1000us`;

/** What libvirt does for `<bandwidth>`: class queues for one direction, policing for the other. */
const machineBandwidth = `
tc qdisc add dev trial0 root handle 1: htb default 1
tc class add dev trial0 parent 1: classid 1:1 htb rate 1000kbps
tc qdisc add dev trial0 parent 1:1 handle 2: sfq perturb 10
tc filter add dev trial0 parent 1:0 protocol all prio 1 handle 1 fw flowid 1
tc qdisc add dev trial1 ingress
tc filter add dev trial1 parent ffff: protocol all u32 match u32 0 0 police rate 1000kbps burst 1000kb mtu 64kb drop flowid :1`;

/** A machine delays with its guest's kernel, which the image brings: nothing to try on the host. */
const trials: Record<DomainKind, { bandwidth: string; latency: string | null }> = {
  lxc: { bandwidth: containerBandwidth, latency: containerLatency },
  kvm: { bandwidth: machineBandwidth, latency: null },
  qemu: { bandwidth: machineBandwidth, latency: null },
};

/** Tries on a pair of devices, in a network namespace that ends with the trial. */
export async function shapingSupport(kind: DomainKind): Promise<ShapingSupport> {
  const trial = trials[kind];
  const [bandwidth, latency] = await Promise.all([
    attempt(trial.bandwidth),
    trial.latency === null ? null : attempt(trial.latency),
  ]);
  const reasons = [
    ...(bandwidth === null ? [] : [`bandwidth: ${bandwidth}`]),
    ...(latency === null ? [] : [`latency: ${latency}`]),
  ];
  return {
    bandwidth: bandwidth === null,
    latency: latency === null,
    reason: reasons.length === 0 ? null : reasons.join("; "),
  };
}

/** Null when it worked, else the reason. */
async function attempt(commands: string): Promise<string | null> {
  const script = `set -e
ip link add trial0 type veth peer name trial1${commands}`;
  const tried = await execa("unshare", ["--net", "sh", "-c", script], {
    reject: false,
    timeout: 10_000,
    env: { LC_ALL: "C", PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  if (!tried.failed) return null;
  const reason = tried.stderr.trim().replaceAll(/\s*\n\s*/g, " ") || tried.shortMessage;
  return `the host's kernel refuses it (${reason})`;
}
