/** Numbers of a page: the bits of a mask. */
const pageSize = 32;

/**
 * Whole numbers of 0 or more, kept as bits: numbers that are close together, as a log's job numbers are
 * in whatever order, cost little more than a bit each.
 */
export class NumberSet {
  private readonly pages = new Map<number, number>();
  /** The page that was used last: most numbers come in order. */
  private page = -1;
  private mask = 0;

  has(value: number): boolean {
    const bit = this.turnTo(value);
    return (this.mask & bit) !== 0;
  }

  /** False when the number was there before. */
  add(value: number): boolean {
    const bit = this.turnTo(value);
    if ((this.mask & bit) !== 0) return false;
    this.mask |= bit;
    return true;
  }

  private turnTo(value: number): number {
    const page = Math.floor(value / pageSize);
    if (page !== this.page) {
      if (this.mask !== 0) this.pages.set(this.page, this.mask);
      this.page = page;
      this.mask = this.pages.get(page) ?? 0;
    }
    return 1 << (value - page * pageSize);
  }
}
