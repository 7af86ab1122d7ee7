/**
 * Whole numbers, kept as ranges without a gap: numbers that come in order, as a log's job numbers do,
 * cost the memory of their gaps.
 */
export class NumberSet {
  /** First and last number of each range, in ascending order; no two ranges touch. */
  private readonly firsts: number[] = [];
  private readonly lasts: number[] = [];

  /** False when the number was there before. */
  add(value: number): boolean {
    const end = this.lasts.length - 1;
    const last = this.lasts[end];
    if (last !== undefined && value === last + 1) {
      this.lasts[end] = value;
      return true;
    }
    if (last === undefined || value > last) {
      this.firsts.push(value);
      this.lasts.push(value);
      return true;
    }
    return this.insert(value);
  }

  private insert(value: number): boolean {
    const place = this.firstRangeEndingAt(value - 1);
    const [first, last] = [this.firsts[place] ?? Number.NaN, this.lasts[place] ?? Number.NaN];
    if (first <= value && value <= last) return false;
    if (last === value - 1) {
      this.lasts[place] = value;
      if (this.firsts[place + 1] === value + 1) {
        this.firsts.splice(place + 1, 1);
        this.lasts.splice(place, 1);
      }
    } else if (first === value + 1) this.firsts[place] = value;
    else {
      this.firsts.splice(place, 0, value);
      this.lasts.splice(place, 0, value);
    }
    return true;
  }

  /** The first range whose last number is `value` or more. */
  private firstRangeEndingAt(value: number): number {
    let [low, high] = [0, this.lasts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lasts[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
