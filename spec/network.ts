/** IPv4 arithmetic on unsigned 32-bit numbers. */

export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** "10.77.0.0/24" → its base address and prefix; undefined where a part is out of range. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  const octets = parts.slice(0, 4);
  const prefix = parts[4] ?? 33;
  if (octets.some((octet) => octet > 255) || prefix > 32) return undefined;
  return { base: octets.reduce((sum, octet) => sum * 256 + octet, 0), prefix };
}

export function formatAddress(address: number): string {
  const octet = (shift: number) => (address >>> shift) & 255;
  return `${octet(24)}.${octet(16)}.${octet(8)}.${octet(0)}`;
}

/** The first address of the network that contains `cidr`. */
export function networkBase(cidr: Cidr): number {
  const hosts = 2 ** (32 - cidr.prefix);
  return Math.floor(cidr.base / hosts) * hosts;
}

/**
 * Which host numbers belong to whom: .1 the gateway, .10 the controller, .11 to .74 `nodes`, and from
 * .75 the further pools, in blocks of eight.
 */
export const controllerHost = 10;
export const firstNodeHost = 11;
export const firstPoolHost = 75;
export const blockSize = 8;
const largestPool = 64;

/** Highest usable host number: the last address is the broadcast address. */
export function lastHost(prefix: number): number {
  return 2 ** (32 - prefix) - 2;
}

/** Blocks that the network has for further pools. */
export function poolBlocks(prefix: number): number {
  return Math.max(0, Math.floor((lastHost(prefix) - firstPoolHost + 1) / blockSize));
}

/**
 * A pool's first block: the one that it names, or else one that follows from its name alone, so that no
 * other pool can move it. Two names may lead to the same block; the check says so and names a free
 * block.
 */
export function poolBlock(prefix: number, name: string, block: number | undefined): number {
  if (block !== undefined) return block;
  return fnv1a(name) % Math.max(1, poolBlocks(prefix) - largestPool / blockSize + 1);
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
