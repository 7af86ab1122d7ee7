/** An IPv4 range, as its first address and the number of bits that all its addresses share. */
export interface Range {
  readonly first: number;
  readonly prefix: number;
}

/** A range that something on this host uses already. */
export interface TakenRange {
  readonly cidr: string;
  /** Such as `network device eth0` or `libvirt network default`. */
  readonly by: string;
}

/** Undefined unless `text` is like `10.77.0.0/24`; a single address is a range of one. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1, 5).map(Number);
  const prefix = Number(match[5] ?? 32);
  if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(address / size) * size, prefix };
}

export function overlap(one: Range, other: Range): boolean {
  const end = (range: Range) => range.first + 2 ** (32 - range.prefix);
  return one.first < end(other) && other.first < end(one);
}

/** What to do where a stack's range is taken. */
export const rangeRemedy = "set topology.network.cidr to a free one";

/** Who uses a part of `cidr` and what to do, as a sentence; null when it is free. */
export function conflictOf(
  cidr: string,
  taken: readonly TakenRange[],
  remedy = rangeRemedy,
): string | null {
  const wanted = parseRange(cidr);
  if (!wanted) return null;
  const conflict = taken.find((range) => {
    const parsed = parseRange(range.cidr);
    return parsed !== undefined && parsed.prefix > 0 && overlap(wanted, parsed);
  });
  return conflict
    ? `network range ${cidr} is taken on this host: ${conflict.by} uses ${conflict.cidr}; ${remedy}`
    : null;
}
