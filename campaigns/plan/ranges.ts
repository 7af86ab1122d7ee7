import { formatAddress, networkBase, parseCidr } from "../../spec/network";

/** RFC 1918. */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Bits by which the ranges of a campaign may differ from the one that its tuples name. */
const leastBits = 8;

export interface RangeRequest {
  /** SHA-256 in hex. */
  readonly hash: string;
  /** What the cluster's tuples name, such as 10.77.0.0/24. */
  readonly cidr: string;
}

/**
 * A range for each cluster, by its hash, so that several can be up together. They are as large as the one
 * that the tuples name and lie around it: 10.77.0.0/24 gives ranges of 10.77.0.0/16. Which one follows
 * from the hash; the named range itself is left to stacks outside campaigns. Undefined for a cluster for
 * which there is none left.
 */
export function clusterRanges(requests: readonly RangeRequest[]): Map<string, string | undefined> {
  const bits = Math.max(leastBits, Math.ceil(Math.log2(requests.length + 2)));
  const sizes = requests.map(({ cidr }) => rangeOf(cidr).size);
  const taken = new TakenRanges(sizes);
  // Of the largest, so that a large range leaves room for the small ones.
  const reach = Math.max(...new Set(sizes)) * 2 ** bits;
  // The order of the file does not matter, so that a further tuple moves no other cluster.
  const sorted = [...requests].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return new Map(sorted.map(({ hash, cidr }) => [hash, freeRange(hash, cidr, reach, taken)]));
}

interface Range {
  readonly first: number;
  readonly size: number;
}

function freeRange(
  hash: string,
  named: string,
  reach: number,
  taken: TakenRanges,
): string | undefined {
  const own = rangeOf(named);
  const around = surroundings(own, reach);
  const blocks = around.size / own.size;
  const start = Number.parseInt(hash.slice(0, 8), 16) % blocks;
  for (let step = 0; step < blocks; step += 1) {
    const first = around.first + ((start + step) % blocks) * own.size;
    const range = { first, size: own.size };
    if (taken.overlap(range) || (first === own.first && blocks > 1)) continue;
    taken.add(range);
    return `${formatAddress(first)}/${named.split("/")[1]}`;
  }
  return undefined;
}

/** The range itself where it is a public one: its neighbours belong to others. */
function surroundings(own: Range, reach: number): Range {
  const home = privateBlocks
    .map(rangeOf)
    .find(({ first, size }) => first <= own.first && own.first + own.size <= first + size);
  if (home === undefined) return own;
  const size = Math.min(home.size, reach);
  return { first: Math.floor(own.first / size) * size, size };
}

/** Ranges of a few sizes. Each begins at a multiple of its size, so two overlap only if one holds the other. */
class TakenRanges {
  private readonly sizes: readonly number[];
  /** Those taken, and all those of the sizes in use that hold one of them. */
  private readonly taken = new Set<string>();
  private readonly holding = new Set<string>();

  constructor(sizes: readonly number[]) {
    this.sizes = [...new Set(sizes)];
  }

  add({ first, size }: Range): void {
    this.taken.add(place(first, size));
    for (const larger of this.sizes) if (larger >= size) this.holding.add(place(first, larger));
  }

  overlap({ first, size }: Range): boolean {
    if (this.holding.has(place(first, size))) return true;
    return this.sizes.some((larger) => larger > size && this.taken.has(place(first, larger)));
  }
}

/** The range of this size that holds the address. */
function place(address: number, size: number): string {
  return `${Math.floor(address / size)} of ${size}`;
}

function rangeOf(text: string): Range {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new RangeError(`not a network: ${text}`);
  return { first: networkBase(cidr), size: 2 ** (32 - cidr.prefix) };
}
