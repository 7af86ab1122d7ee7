/**
 * Free processors in the future, as steps: `free[i]` from `times[i]` up to `times[i + 1]`; the last
 * step never ends. Neighbouring steps differ.
 */
export class Profile {
  private constructor(
    private readonly times: number[],
    private readonly free: number[],
  ) {}

  static idle(procs: number): Profile {
    return new Profile([Number.NEGATIVE_INFINITY], [procs]);
  }

  copy(): Profile {
    return new Profile(this.times.slice(), this.free.slice());
  }

  /** Forgets what is before `now`. */
  forget(now: number): void {
    const past = this.stepAt(now);
    this.times.splice(0, past);
    this.free.splice(0, past);
  }

  /** Takes `size` processors from `from` up to `to`; a negative size gives them back. */
  take(from: number, to: number, size: number): void {
    const first = this.boundary(from);
    const last = this.boundary(to);
    for (let step = first; step < last; step += 1) {
      this.free[step] = (this.free[step] ?? 0) - size;
    }
    this.join(last);
    this.join(first);
  }

  /**
   * The earliest moment from `now` on, but before `limit`, from which `size` processors are free for
   * `duration` seconds; null when there is none. Without a limit there always is one.
   */
  earliest(
    now: number,
    size: number,
    duration: number,
    limit = Number.POSITIVE_INFINITY,
  ): number | null {
    let start: number | null = null;
    for (let step = this.stepAt(now); step < this.times.length; step += 1) {
      const time = Math.max(now, this.times[step] ?? 0);
      if (start !== null && time >= start + duration) return start;
      if ((this.free[step] ?? 0) < size) start = null;
      else start ??= time;
      if (start === null ? time >= limit : start >= limit) return null;
    }
    return start;
  }

  /** Whether `size` processors are free at any moment from `now` on and before `limit`. */
  anyFree(now: number, size: number, limit: number): boolean {
    for (let step = this.stepAt(now); (this.times[step] ?? limit) < limit; step += 1) {
      if ((this.free[step] ?? 0) >= size) return true;
    }
    return false;
  }

  /** The step that holds `time`. */
  private stepAt(time: number): number {
    let low = 0;
    let high = this.times.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) <= time) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The step that begins at `time`, made when there is none. */
  private boundary(time: number): number {
    const step = this.stepAt(time);
    if (this.times[step] === time) return step;
    this.times.splice(step + 1, 0, time);
    this.free.splice(step + 1, 0, this.free[step] ?? 0);
    return step + 1;
  }

  private join(step: number): void {
    if (step === 0 || this.free[step] !== this.free[step - 1]) return;
    this.times.splice(step, 1);
    this.free.splice(step, 1);
  }
}
