import { type Cidr, formatAddress, networkBase, parseCidr } from "../../network";

/**
 * Addresses inside a Kubernetes cluster: a subnet of pods for each node, and the range of services.
 * A node's subnet follows from its host number alone, so that no node's depends on another.
 */

/** Two halves of 10.0.0.0/8; a stack's network, /16 or smaller, is in at most one of them. */
const podNetworks = ["10.128.0.0/9", "10.0.0.0/9"] as const;
const podNetworkPrefix = 9;
/** Set aside for benchmarks (RFC 2544). No service address is used, but the API server wants a range. */
const serviceNetworks = ["198.18.0.0/24", "198.19.0.0/24"] as const;
/** kubelet is not made for more than 1024 pods on a node. */
const mostSubnetBits = 10;
/** Network, broadcast and the bridge itself. */
const takenAddresses = 3;

function firstApart(candidates: readonly string[], cidr: Cidr): string {
  const apart = candidates.find((candidate) => {
    const other = parseCidr(candidate);
    return other !== undefined && !overlap(cidr, other);
  });
  if (apart === undefined) throw new RangeError(`every range overlaps ${formatAddress(cidr.base)}`);
  return apart;
}

function overlap(left: Cidr, right: Cidr): boolean {
  const prefix = Math.min(left.prefix, right.prefix);
  return networkBase({ ...left, prefix }) === networkBase({ ...right, prefix });
}

/** The range that holds the pods of every node; never overlaps the stack's network. */
export function podNetwork(cidr: Cidr): string {
  return firstApart(podNetworks, cidr);
}

/** Never overlaps the stack's network. */
export function serviceNetwork(cidr: Cidr): string {
  return firstApart(serviceNetworks, cidr);
}

/** Host bits of a node's pod subnet: the larger the stack's network, the fewer are left. */
function subnetBits(prefix: number): number {
  return Math.min(mostSubnetBits, 32 - podNetworkPrefix - (32 - prefix));
}

/** Pods that a node can have addresses for. */
export function podsPerNode(prefix: number): number {
  return 2 ** subnetBits(prefix) - takenAddresses;
}

/** Pod subnet of the node with this address. */
export function podSubnet(cidr: Cidr, address: string): string {
  const node = parseCidr(`${address}/32`);
  const pods = parseCidr(podNetwork(cidr));
  if (node === undefined || pods === undefined) throw new RangeError(`not an address: ${address}`);
  const bits = subnetBits(cidr.prefix);
  const host = node.base - networkBase(cidr);
  return `${formatAddress(pods.base + host * 2 ** bits)}/${32 - bits}`;
}
