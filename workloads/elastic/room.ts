/**
 * Cores that are still free in each step of a demand: a segment tree, so that taking cores in many steps,
 * and finding the first of many that lacks them, both take the logarithm of their number.
 */
export class Room {
  private readonly steps: number;
  /** The least of the steps below each node; what was taken of all of them is in `taken`. */
  private readonly least: Float64Array;
  private readonly taken: Float64Array;

  constructor(free: readonly number[]) {
    this.steps = free.length;
    this.least = new Float64Array(4 * Math.max(1, this.steps));
    this.taken = new Float64Array(this.least.length);
    this.build(1, 0, this.steps, free);
  }

  /** Takes cores in the steps from ≤ step < to. */
  take(from: number, to: number, cores: number): void {
    this.takeBelow(1, 0, this.steps, from, to, cores);
  }

  /** The first step of from ≤ step < to that has less than so many; undefined where none has. */
  firstBelow(from: number, to: number, cores: number): number | undefined {
    return this.find(1, 0, this.steps, from, to, cores);
  }

  private build(node: number, low: number, high: number, free: readonly number[]): void {
    if (high - low <= 1) {
      this.least[node] = free[low] ?? 0;
      return;
    }
    const middle = (low + high) >>> 1;
    this.build(2 * node, low, middle, free);
    this.build(2 * node + 1, middle, high, free);
    this.least[node] = this.leastBelow(node);
  }

  private takeBelow(
    node: number,
    low: number,
    high: number,
    from: number,
    to: number,
    cores: number,
  ): void {
    if (high <= from || to <= low) return;
    if (from <= low && high <= to) {
      this.least[node] = (this.least[node] ?? 0) - cores;
      this.taken[node] = (this.taken[node] ?? 0) + cores;
      return;
    }
    const middle = (low + high) >>> 1;
    this.takeBelow(2 * node, low, middle, from, to, cores);
    this.takeBelow(2 * node + 1, middle, high, from, to, cores);
    this.least[node] = this.leastBelow(node) - (this.taken[node] ?? 0);
  }

  private find(
    node: number,
    low: number,
    high: number,
    from: number,
    to: number,
    cores: number,
  ): number | undefined {
    if (high <= from || to <= low || (this.least[node] ?? 0) >= cores) return undefined;
    if (high - low <= 1) return low;
    const middle = (low + high) >>> 1;
    const wanted = cores + (this.taken[node] ?? 0);
    return (
      this.find(2 * node, low, middle, from, to, wanted) ??
      this.find(2 * node + 1, middle, high, from, to, wanted)
    );
  }

  private leastBelow(node: number): number {
    return Math.min(this.least[2 * node] ?? 0, this.least[2 * node + 1] ?? 0);
  }
}
